import type { Observable } from 'rxjs';
import type { ListenPlace } from '../../model/config.js';
import type { Fault } from '../../model/fault.js';
import { type Passed, servingPage } from '../../system/sockets/metrics-socket.js';
import { sparing } from '../../system/sockets/sparing.js';
import { contentTypes, exposition, type Format } from '../../text/metrics/exposition.js';
import { metricFamilies } from '../../text/metrics/families.js';
import type { StatusReport } from '../../text/status-report.js';

/** Serves the page that Prometheus reads, in the format that it asks for. */
export const serveMetrics = (place: ListenPlace | Passed, report: () => StatusReport): Observable<Fault> => {
  const textIn = (format: Format) => sparing(() => exposition(metricFamilies(report(), Date.now()), format));
  const texts = { openmetrics: textIn('openmetrics'), text: textIn('text') };
  return servingPage(place, {
    path: '/metrics',
    make: accepted => {
      const format = accepted.includes('application/openmetrics-text') ? 'openmetrics' : 'text';
      return { type: contentTypes[format], text: texts[format]() };
    },
  });
};
