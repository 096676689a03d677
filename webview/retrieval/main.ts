import './style.css';
import type {
  GalleryToHost,
  GalleryView,
  HostToGallery,
  Remedy,
  RetrievalState,
} from '../../src/run/retrieval-messages.ts';
import { byId, make, setText } from '../shared/dom.ts';
import { registerControls } from '../shared/toolkit.ts';
import { acquireApi } from '../shared/vscode-api.ts';
import { defaultView } from './arrange.ts';
import { GalleryList } from './gallery-list.ts';
import { page } from './page.ts';
import { Pictures } from './pictures.ts';
import { fill } from './row-view.ts';
import { showDomains, showMetrics, showSummary } from './scores-view.ts';
import { showSearch } from './search-view.ts';
import { type GalleryModel, galleryOf, nothing, receive, type ShownGallery } from './state.ts';

const REARRANGE = 200; // ms between two orders while rows come in
const SAVE = 200; // ms between two savings of the list's position

const api = acquireApi<RetrievalState, GalleryToHost>();
const saved = api.getState();
let view: GalleryView = { ...defaultView, ...saved?.view };
/** Where the list stood before the window was reloaded, until it stands there again. */
let restoring = saved?.top ?? 0;
let model = nothing;

registerControls();
document.body.innerHTML = page; // a constant of ours
const pictures = new Pictures((images) => api.postMessage({ type: 'thumbnails', images }));
const list = new GalleryList(
  pictures,
  () => [...document.querySelectorAll<HTMLElement>('#search-row [data-image]')],
  (image) => api.postMessage({ type: 'open', image }),
  () => saveSoon(),
);

for (const type of ['evaluate', 'chooseCsv', 'searchImage', 'closeSearch', 'cancel'] as const)
  byId(type).addEventListener('click', () => api.postMessage({ type }));
byId('closeSearch').addEventListener('click', () => byId('searchImage').focus());
const text = byId<HTMLInputElement>('text');
const order = byId<HTMLSelectElement>('order');
const size = byId<HTMLSelectElement>('size');
const mistakes = byId<HTMLInputElement>('mistakes');
text.value = view.text;
order.value = view.order;
size.value = view.size;
mistakes.checked = view.mistakes;
text.addEventListener('input', () => change({ text: text.value }));
order.addEventListener('change', () => change({ order: order.value as GalleryView['order'] }));
size.addEventListener('change', () => change({ size: size.value as GalleryView['size'] }));
mistakes.addEventListener('change', () => change({ mistakes: mistakes.checked }));

window.addEventListener('message', ({ data }: MessageEvent<HostToGallery>) => {
  if (data.type === 'thumbnail') {
    pictures.add(data);
    for (const image of document.querySelectorAll<HTMLImageElement>(`img[data-image="${data.image}"]`))
      fill(image, pictures);
    return;
  }
  model = receive(model, data);
  const gallery = galleryOf(model);
  if (data.type === 'gallery' && gallery) begin(gallery);
  if (data.type === 'rows' && gallery) arrangeSoon(gallery);
  if (data.type === 'search') {
    showSearch(model.search, { paths: gallery?.images ?? [], classes: gallery?.classes ?? [], pictures });
    list.resize();
  }
  showPhase();
});

let shownFailure: GalleryModel['phase'] | undefined;

/** One of the four pages. */
function showPhase(): void {
  const { phase } = model;
  const shown = 'type' in phase ? phase.type : phase.name;
  byId('loading').hidden = shown !== 'loading';
  byId('working').hidden = shown !== 'working';
  byId('failed').hidden = shown !== 'failed';
  byId('app').hidden = shown !== 'gallery';
  if (!('type' in phase)) return;
  if (phase.type === 'working') {
    setText(byId('working-run'), phase.run.name);
    setText(byId('working-text'), phase.text + (phase.total > 0 ? `: ${phase.done} of ${phase.total}` : ''));
    const bar = byId<HTMLProgressElement>('working-bar');
    if (phase.total > 0) {
      bar.max = phase.total;
      bar.value = phase.done;
    } else bar.removeAttribute('value');
  }
  if (phase.type === 'failed' && phase !== shownFailure) {
    shownFailure = phase; // once, so that its buttons keep the focus
    setText(byId('failed-title'), phase.title);
    setText(byId('failed-run'), phase.run?.name ?? '');
    setText(byId('failed-text'), phase.text);
    byId('remedies').replaceChildren(...phase.remedies.map(remedyButton));
  }
  const run = phase.run;
  if (run && run.runId !== api.getState()?.runId) save();
}

const remedyWords: Readonly<Record<Remedy, string>> = {
  evaluate: 'Evaluate',
  chooseData: 'Choose Data Folder',
  chooseCsv: 'Choose Held-Out Images',
  skipBadImages: 'Leave Bad Images Out',
  chooseRun: 'Choose Another Run',
};

function remedyButton(type: Remedy, i: number): HTMLElement {
  const button = make('vscode-button', i === 0 ? {} : { appearance: 'secondary' }, remedyWords[type]);
  button.addEventListener('click', () => api.postMessage({ type }));
  return button;
}

function begin(gallery: ShownGallery): void {
  pictures.clear();
  if (view.domain !== null && !(view.domain in gallery.summary.domains)) view = { ...view, domain: null };
  showSummary(gallery);
  showScores(gallery);
  byId('app').hidden = false; // the list measures itself
  list.show(gallery, view);
}

function showScores({ summary }: ShownGallery): void {
  showDomains(summary, view.domain, (domain) => change({ domain }));
  showMetrics(summary, view.domain);
}

let arranging: ReturnType<typeof setTimeout> | undefined;

function arrangeSoon(gallery: ShownGallery): void {
  const complete = gallery.rows.length === gallery.total;
  if (complete) clearTimeout(arranging);
  else if (arranging !== undefined) return;
  const arrangeNow = () => {
    arranging = undefined;
    if (galleryOf(model) !== gallery) return;
    list.show(gallery, view);
    if (complete && restoring > 0) {
      list.scrollTo(restoring);
      restoring = 0;
    }
  };
  if (complete) arrangeNow();
  else arranging = setTimeout(arrangeNow, REARRANGE);
}

function change(part: Partial<GalleryView>): void {
  view = { ...view, ...part };
  const gallery = galleryOf(model);
  if (gallery) {
    showScores(gallery);
    list.show(gallery, view, !('size' in part));
  }
  save();
}

let saving: ReturnType<typeof setTimeout> | undefined;

/** While the list is scrolled. */
function saveSoon(): void {
  if (saving !== undefined) return;
  saving = setTimeout(() => {
    saving = undefined;
    save();
  }, SAVE);
}

function save(): void {
  const { phase } = model;
  const runId = ('type' in phase ? phase.run?.runId : undefined) ?? saved?.runId;
  if (runId !== undefined) api.setState({ runId, view, top: restoring || list.top });
}

api.postMessage({ type: 'ready', runId: saved?.runId ?? null });
