import { render } from 'preact';
import { createTrace } from './pure/trace.js';
import { Page } from './parts/page.js';
import type { ViewData } from '../src/trace/view/view-data.js';

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let nth = 0; nth < text.length; nth += 1) bytes[nth] = text.charCodeAt(nth);
  return bytes;
};

const isViewData = (value: unknown): value is ViewData =>
  typeof value === 'object' && value !== null && 'version' in value && value.version === 1;

/** The data that `view` has put into this page. */
const read = async (): Promise<ViewData> => {
  const base64 = document.getElementById('data')?.textContent ?? '';
  const packed = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const value: unknown = JSON.parse(await new Response(packed).text());
  if (!isViewData(value)) throw new Error('expected the data of a trace of version 1, found something else');
  return value;
};

const page = document.getElementById('page');
if (page !== null)
  void read().then(
    data => {
      document.title = `${data.title} – network-event-broker`;
      page.replaceChildren();
      render(<Page trace={createTrace(data)} />, page);
    },
    (error: unknown) => {
      page.textContent = `The data in this page cannot be read: ${String(error)}`;
    },
  );
