/** The gallery's markup. Everything that changes is filled in by the views; nothing here holds data. */
const icon = (path: string) =>
  `<svg slot="start" width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d="${path}"/></svg>`;

const icons = {
  again: icon(
    'M8 2.5a5.5 5.5 0 1 0 5.4 6.6h-1.4A4.2 4.2 0 1 1 8 3.8c1.2 0 2.2.5 3 1.2L9 7h5V2l-2 2a5.5 5.5 0 0 0-4-1.5z',
  ),
  image: icon(
    'M1.5 2.5h13v11h-13zm1.2 1.2v7l3-3 2.5 2.5 2-2 3.1 3.1V3.7zM10 5a1.2 1.2 0 1 1 0 2.4A1.2 1.2 0 0 1 10 5z',
  ),
  list: icon('M2 3h12v1.2H2zm0 3h12v1.2H2zm0 3h8v1.2H2zm0 3h10v1.2H2z'),
  close: icon('M3.9 3 8 7.1 12.1 3l.9.9L8.9 8l4.1 4.1-.9.9L8 8.9 3.9 13l-.9-.9L7.1 8 3 3.9z'),
};

export const page = `
<main id="loading" class="centre"><vscode-progress-ring aria-label="Loading"></vscode-progress-ring></main>

<main id="working" class="centre" hidden>
  <h1>Evaluating retrieval</h1>
  <p id="working-run"></p>
  <progress id="working-bar" aria-labelledby="working-text"></progress>
  <p id="working-text" role="status"></p>
  <vscode-button id="cancel" appearance="secondary">Cancel</vscode-button>
</main>

<main id="failed" class="centre" hidden>
  <h1 id="failed-title"></h1>
  <p id="failed-run"></p>
  <pre id="failed-text" role="alert"></pre>
  <div id="remedies" class="buttons"></div>
</main>

<div id="app" hidden>
  <header>
    <div class="title">
      <h1 id="name"></h1>
      <p id="summary" class="muted"></p>
    </div>
    <div class="buttons" role="toolbar" aria-label="Gallery">
      <vscode-button id="searchImage">${icons.image}Look Up an Image</vscode-button>
      <vscode-button id="chooseCsv" appearance="secondary" title="Score with the images of a CSV: img_path, label, role, domain">${icons.list}Held-Out Images</vscode-button>
      <vscode-button id="evaluate" appearance="secondary">${icons.again}Evaluate Again</vscode-button>
    </div>
  </header>
  <ul id="notes" class="notes" aria-label="Notes"></ul>

  <div id="domains" role="group" aria-label="Domain"></div>
  <dl id="metrics"></dl>

  <div id="filters" role="search" aria-label="Queries">
    <input id="text" type="search" placeholder="Filter by file or class name" aria-label="Filter by file or class name" spellcheck="false">
    <label>Order <select id="order">
      <option value="worst">Worst first</option>
      <option value="best">Best first</option>
      <option value="surest">Surest mistakes first</option>
      <option value="name">File name</option>
    </select></label>
    <label>Size <select id="size">
      <option value="small">Small</option>
      <option value="medium">Medium</option>
      <option value="large">Large</option>
    </select></label>
    <vscode-checkbox id="mistakes">Mistakes only</vscode-checkbox>
    <span id="count" class="muted" role="status"></span>
  </div>

  <section id="search" aria-labelledby="search-title" hidden>
    <div class="search-head">
      <h2 id="search-title">Your image</h2>
      <span id="search-text" class="muted" role="status"></span>
      <vscode-button id="closeSearch" appearance="icon" aria-label="Close">${icons.close}</vscode-button>
    </div>
    <div id="search-row" role="grid" aria-label="Your image and its nearest"></div>
  </section>

  <div id="list" tabindex="-1">
    <div id="rows" role="grid" aria-label="Queries and their nearest images. Arrow keys move, Enter opens the file."></div>
    <p id="none" class="centre" hidden>No query fits these filters.</p>
  </div>
</div>`;
