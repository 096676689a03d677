/** The panel's markup. Everything that changes is filled in by the views; nothing here holds data. */
const icon = (path: string) =>
  `<svg slot="start" width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d="${path}"/></svg>`;

const icons = {
  stop: icon('M3 3h10v10H3z'),
  play: icon('M4 2.5v11l9-5.5z'),
  file: icon('M3 1.5h6.5L13 5v9.5H3zm1.2 1.2v10.6h7.6V5.6H9V2.7z'),
  folder: icon('M1.5 3h4.6l1.3 1.5h7.1v8.5h-13zm1.2 1.2v7.6h10.6V5.7H6.9L5.6 4.2z'),
  search: icon(
    'M7 2a5 5 0 1 0 3 9l3.4 3.4 1-1L11 10a5 5 0 0 0-4-8zm0 1.3a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4z',
  ),
  package: icon(
    'M8 1l6.5 3v8L8 15l-6.5-3V4zm0 1.4L3.7 4.4 8 6.3l4.3-1.9zM2.7 5.4v5.8l4.7 2.2V7.5zm10.6 0L8.6 7.5v5.9l4.7-2.2z',
  ),
  notebook: icon(
    'M3 1.5h10v13H3zm2.6 1.2v10.6h6.2V2.7zM4.2 2.7v10.6h.4V2.7zm2.6 2h3.8v1.1H6.8zm0 2.4h3.8v1.1H6.8z',
  ),
  log: icon('M2 3h12v1.2H2zm0 3h12v1.2H2zm0 3h8v1.2H2zm0 3h10v1.2H2z'),
};

export const page = `
<div id="loading" class="centre"><vscode-progress-ring aria-label="Loading"></vscode-progress-ring></div>

<main id="empty" class="centre" hidden>
  <svg class="hero" viewBox="0 0 120 72" aria-hidden="true">
    <path class="axis" d="M8 4v60h108"/>
    <path class="raw" d="M10 10l5 14 4-9 5 17 5-8 4 15 5-7 5 12 6-9 5 12 6-6 6 9 6-7 6 8 7-6 7 6 8-5 8 4"/>
    <path class="smooth" d="M10 11c12 22 26 36 48 41s40 5 56 5"/>
  </svg>
  <h1>No runs yet</h1>
  <p>Open a configuration from <code>configs/</code> and press <b>Train</b>, or choose one here.
     The curves of a run appear in this panel while it trains, and stay when you come back.</p>
  <vscode-button id="train">${icons.play}Train a Configuration</vscode-button>
</main>

<div id="app" hidden>
  <nav id="runs" aria-label="Runs"><h2>Runs</h2><ul id="run-list" role="tree" aria-label="Runs, newest first"></ul></nav>

  <main id="main">
    <header>
      <div class="about">
        <div class="title">
          <h1 id="name"></h1>
          <span id="status" class="status" role="status"></span>
        </div>
        <p id="summary" class="muted"></p>
      </div>
      <div class="actions" role="toolbar" aria-label="Run">
        <vscode-button id="stop">${icons.stop}Stop</vscode-button>
        <vscode-button id="resume">${icons.play}Resume</vscode-button>
        <vscode-button id="exploreRetrieval" appearance="secondary">${icons.search}Explore Retrieval</vscode-button>
        <vscode-button id="package" appearance="secondary">${icons.package}Package</vscode-button>
        <vscode-button id="openNotebook" appearance="secondary">${icons.notebook}Open Notebook</vscode-button>
        <vscode-button id="openConfig" appearance="secondary">${icons.file}Config</vscode-button>
        <vscode-button id="openLog" appearance="secondary">${icons.log}Log</vscode-button>
        <vscode-button id="revealFolder" appearance="secondary">${icons.folder}Folder</vscode-button>
      </div>
    </header>

    <section id="problem" role="alert" hidden><h2 id="problem-title"></h2><div id="problem-text"></div>
      <dl id="problem-details"></dl><p id="problem-todo"></p><div id="problem-actions" class="actions"></div></section>

    <section id="sweep" class="table" aria-labelledby="sweep-title" hidden>
      <div class="sweep-head">
        <h2 id="sweep-title"></h2>
        <progress id="sweep-bar" aria-labelledby="sweep-title"></progress><span id="sweep-text"></span>
      </div>
      <p id="sweep-summary" class="muted"></p>
      <div class="scroll" tabindex="0" aria-labelledby="sweep-title">
        <table><thead id="sweep-head"></thead><tbody id="sweep-rows"></tbody></table>
      </div>
    </section>

    <section id="progress" aria-label="Progress">
      <div id="features-row" class="bar" hidden>
        <label for="features-bar">Features</label><progress id="features-bar"></progress><span id="features-text"></span>
      </div>
      <div id="epoch-row" class="bar">
        <label for="epoch-bar">Epoch</label><progress id="epoch-bar"></progress><span id="epoch-text"></span>
      </div>
      <div id="step-row" class="bar">
        <label for="step-bar">Step</label><progress id="step-bar"></progress><span id="step-text"></span>
      </div>
    </section>

    <dl id="tiles">
      <div><dt>Smoothed loss</dt><dd id="tile-loss"></dd></div>
      <div><dt>Epoch mean</dt><dd id="tile-epoch-loss"></dd></div>
      <div><dt>Learning rate</dt><dd id="tile-lr"></dd></div>
      <div><dt>Images/s</dt><dd id="tile-speed"></dd></div>
      <div><dt>Time left</dt><dd id="tile-left"></dd></div>
      <div><dt>Elapsed</dt><dd id="tile-elapsed"></dd></div>
    </dl>

    <section class="chart" aria-labelledby="loss-title">
      <div class="chart-head">
        <h2 id="loss-title">Loss</h2>
        <div id="loss-legend" class="legend" role="group" aria-label="Curves of the loss chart"></div>
        <div class="chart-tools">
          <label class="slider">Smoothing <input id="smoothing" type="range" min="0" max="100" step="1">
            <output id="smoothing-value" for="smoothing"></output></label>
          <vscode-checkbox id="log-scale">Log scale</vscode-checkbox>
          <vscode-button id="loss-reset" appearance="secondary" disabled>Reset Zoom</vscode-button>
          <vscode-button id="compare" appearance="secondary" title="Draw the loss of other runs beside it">Compare...</vscode-button>
          <vscode-button id="export" appearance="secondary" title="Curves as CSV, chart as PNG">Export...</vscode-button>
        </div>
      </div>
      <div id="loss-frame" class="canvas tall"><canvas id="loss" tabindex="0" role="img" aria-label="Loss per step"></canvas></div>
    </section>

    <section id="scores" class="chart table" aria-labelledby="scores-title" hidden>
      <div class="chart-head">
        <h2 id="scores-title">Held-out images</h2>
        <div id="scores-legend" class="legend" role="group" aria-label="Curves of the scores"></div>
        <div class="chart-tools"><vscode-checkbox id="scores-by-domain" hidden>By domain</vscode-checkbox></div>
      </div>
      <div class="canvas"><canvas id="scores-chart" tabindex="0" role="img" aria-label="Scores on held-out images"></canvas></div>
      <div class="scroll" tabindex="0" aria-labelledby="scores-title">
        <table><thead id="scores-head"></thead><tbody id="scores-rows"></tbody></table>
      </div>
    </section>

    <div class="columns">
      <section class="chart" aria-labelledby="lr-title">
        <div class="chart-head"><h2 id="lr-title">Learning rate</h2><div id="lr-legend" class="legend" role="group" aria-label="Curves of the learning rate"></div></div>
        <div id="lr-frame" class="canvas"><canvas id="lr" tabindex="0" role="img" aria-label="Learning rate per step"></canvas></div>
      </section>
      <section aria-labelledby="epochs-title" class="table">
        <h2 id="epochs-title">Epochs</h2>
        <div class="scroll" tabindex="0" aria-labelledby="epochs-title">
          <table><thead id="epochs-head"></thead><tbody id="epochs"></tbody></table>
        </div>
      </section>
    </div>

    <section aria-labelledby="engine-title">
      <h2 id="engine-title">Engine</h2>
      <dl id="engines"></dl>
    </section>

    <section aria-labelledby="log-title">
      <h2 id="log-title">Log</h2>
      <div id="log" role="log" aria-live="off" tabindex="0" aria-labelledby="log-title"></div>
    </section>
  </main>
</div>`;
