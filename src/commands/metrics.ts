import { daemonReport } from '../cli/daemon-report.js';
import { exposition } from '../text/metrics/exposition.js';
import { metricFamilies } from '../text/metrics/families.js';

/** Prints the daemon's metrics for the textfile collector of Prometheus' node exporter. Resolves to 1 if there is no daemon. */
export const metrics = async (): Promise<number> => {
  const said = await daemonReport(process.env);
  if (said === undefined) return 1;
  process.stdout.write(exposition(metricFamilies(said.report, Date.now()), 'text'));
  return 0;
};
