// A trainer without training: writes a run folder through the real writer, so that the editor side can be tested
// with runs of any length, speed and end. What it does stands in a comment of the configuration:
//   # fake: {"features": 200, "epochs": 4, "stepsPerEpoch": 50, "batchMs": 100, "stepsPerBatch": 5, "fail": "text",
//            "scores": true}
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RunFolder } from '../../src/run/folder.ts';

const IMAGES = 32; // per step
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    'output-dir': { type: 'string' },
    device: { type: 'string' },
    resume: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const [, config, dataDir] = positionals;
const text = readFileSync(values.resume ? join(values.resume, 'config.yaml') : config, 'utf8');
const plan = { features: 0, epochs: 4, stepsPerEpoch: 50, batchMs: 100, stepsPerBatch: 5, ...planOf(text) };
if (/unknownkey/i.test(text)) {
  const line = text.split('\n').findIndex((l) => /unknownkey/i.test(l)) + 1;
  console.error(`error: ${config}:${line}:3: unknown key unknownkey\n  to do:    did you mean epochs?`);
  process.exit(2);
}

const engine = (name) => ({
  name,
  device: 'AMD EPYC 7B13, 2 threads',
  rejected: [
    { name: 'tfjs-node-gpu', reason: 'the package @tensorflow/tfjs-node-gpu is not installed' },
    { name: 'tfjs-webgpu', reason: 'no adapter: this machine has no GPU that Vulkan can see' },
  ],
});
const name = `m${String(Date.now() % 100_000).padStart(5, '0')}_siglip-vit-b16_arcface1_openai-clip-aug_adam2e-02_cosine_linear`;
const totalSteps = plan.epochs * plan.stepsPerEpoch;
const options = { device: values.device ?? 'auto', shuffle: true, views: 0, skipBadImages: false };
const known = {
  totalSteps,
  epochs: plan.epochs,
  trainEngine: engine('tfjs-wasm'),
  featureEngine: engine('onnxruntime-cpu'),
};
const folder = values.resume
  ? RunFolder.reopen(values.resume, { status: 'starting' })
  : RunFolder.create(
      join(values['output-dir'], name),
      {
        name,
        status: 'starting',
        command: process.argv.slice(2),
        configFile: config,
        dataDir,
        options,
        seed: 42,
        step: 0,
        epoch: 0,
        versions: { mdfe: '0.1.0' },
        ...known,
      },
      { config: text, resolved: text },
    );
console.log(JSON.stringify({ type: 'run', dir: folder.dir }));
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => {
    stopping = true;
  });

await features();
await train(folder.record.step);

async function features() {
  if (plan.features === 0) return;
  folder.update({ status: 'features' });
  folder.logLine(`Computing the features of ${plan.features} images`);
  const reused = 40;
  for (let done = reused; done <= plan.features; done += 20) {
    folder.emit({
      type: 'features',
      done,
      total: plan.features,
      reused,
      speed: 118.4,
      secondsLeft: (plan.features - done) / 118.4,
    });
    await wait(plan.batchMs);
  }
}

async function train(fromStep) {
  const { epochs, stepsPerEpoch } = plan;
  folder.emit({
    type: 'start',
    name: folder.record.name,
    resumed: fromStep > 0,
    fromStep,
    classes: 779,
    samples: stepsPerEpoch * IMAGES,
    epochs,
    stepsPerEpoch,
    totalSteps,
    batchSize: IMAGES,
    trainableParameters: 49_216 + 779 * 64,
    totalParameters: 92_884_224,
    trainEngine: known.trainEngine,
    featureEngine: known.featureEngine,
  });
  folder.update({ status: 'training' });
  if (plan.scores && fromStep === 0) evaluation(0, 0);
  folder.logLine(`Training neck and head: ${epochs} epochs of ${stepsPerEpoch} steps`);
  for (let step = fromStep; step < totalSteps; ) {
    const epochEnd = (Math.floor(step / stepsPerEpoch) + 1) * stepsPerEpoch;
    const count = Math.min(plan.stepsPerBatch, epochEnd - step);
    const batch = Array.from({ length: count }, (_, i) => step + i + 1);
    step += count;
    const epoch = Math.ceil(step / stepsPerEpoch);
    const lrAfter = batch.map((s) => rate(s + 1));
    const left = (totalSteps - step) / plan.stepsPerBatch;
    folder.emit({
      type: 'step',
      first: batch[0],
      loss: batch.map(loss),
      lr: batch.map(rate),
      lrAfter,
      epoch,
      speed: 9_120,
      secondsLeft: (left * plan.batchMs) / 1000,
    });
    if (step === epochEnd) endEpoch(epoch, step);
    if (stopping || folder.stopRequested) return end(step, 'stopped');
    if (plan.fail && step > totalSteps / 2) return fail();
    if (plan.batchMs > 0) await wait(plan.batchMs);
  }
  end(totalSteps, 'done');
}

function endEpoch(epoch, step) {
  const { stepsPerEpoch } = plan;
  const losses = Array.from({ length: stepsPerEpoch }, (_, i) => loss(step - i));
  const meanLoss = losses.reduce((a, b) => a + b) / stepsPerEpoch;
  folder.emit({
    type: 'epoch',
    epoch,
    meanLoss,
    seconds: (stepsPerEpoch / plan.stepsPerBatch) * (plan.batchMs / 1000),
  });
  folder.logLine(`epoch ${epoch}/${plan.epochs}: mean loss ${meanLoss.toFixed(4)}`);
  if (plan.scores) evaluation(epoch, step);
  checkpoint(epoch, step, 'schedule');
  folder.update({ step, epoch, lastLoss: loss(step) });
}

/** Scores that rise, in two domains. */
function evaluation(epoch, step) {
  const at = (low) => ({ 'mMP@5': low + (0.5 * step) / totalSteps, 'P@1': low + (0.6 * step) / totalSteps });
  folder.emit({ type: 'eval', step, epoch, metrics: at(0.2), domains: { cars: at(0.1), food: at(0.3) } });
  if (step > 0) checkpoint(epoch, step, 'best');
}

function checkpoint(epoch, step, reason) {
  const file = `checkpoints/${folder.record.name}_${reason === 'stop' ? `step${step}` : `epoch${epoch}`}.safetensors`;
  writeFileSync(join(folder.dir, file), '');
  folder.emit({ type: 'checkpoint', step, epoch, file, reason });
  folder.update({ lastCheckpoint: file });
}

function end(step, status) {
  if (status === 'stopped') {
    checkpoint(Math.ceil(step / plan.stepsPerEpoch), step, 'stop');
    folder.warn('run/stopped', `stopped after step ${step}; continue with: mdfe train --resume`);
  }
  folder.emit({ type: 'end', status, step, seconds: process.uptime() });
  folder.update({ status, step });
  folder.close();
  process.exitCode = status === 'stopped' ? 130 : 0;
}

function fail() {
  folder.emit({ type: 'error', code: 'train/nan', text: plan.fail });
  folder.update({ status: 'failed', error: { code: 'train/nan', text: plan.fail } });
  folder.close();
  process.exitCode = 1;
}

/** A curve that looks like one: falling, with noise that is the same every time. */
function loss(step) {
  const t = step / totalSteps;
  const noise = Math.sin(step * 12.9898) * 43_758.5453;
  return 0.6 + 11.5 * Math.exp(-5 * t) + 1.6 * Math.exp(-1.5 * t) * (noise - Math.floor(noise));
}

/** One epoch of linear warm-up, then cosine. */
function rate(step) {
  const cosine = 1e-3 + (2e-2 - 1e-3) * 0.5 * (1 + Math.cos((Math.PI * step) / totalSteps));
  return cosine * Math.min(1, step / plan.stepsPerEpoch);
}

function planOf(yaml) {
  const line = /^# fake: (.*)$/m.exec(yaml);
  return line ? JSON.parse(line[1]) : {};
}
