// Run by the ring with a folder of installed packages as working directory; prints JSON.
//
//   wavespeed_sdk.cjs PACKAGE BASE VIDEO SPEECH   everything the client offers
//   wavespeed_sdk.cjs PACKAGE BASE                a wait that is too long for the server
const [name, baseUrl, video, speech] = process.argv.slice(2);
const { Client } = require(require.resolve(name, { paths: [process.cwd()] }));

const MODEL = 'sync/lipsync-1.9.0-beta';
const NOWHERE = { video: 'http://127.0.0.1:9/v.mp4', audio: 'http://127.0.0.1:9/a.wav' };
const client = new Client(undefined, { baseUrl });

async function everything() {
  const media = { video: await client.upload(video), audio: await client.upload(speech) };
  const often = { pollInterval: 0.1 };
  return {
    media,
    run: await client.run(MODEL, { ...media, sync_mode: 'loop' }, often),
    held: await client.run(MODEL, { ...media, seed: 1 }, { enableSyncMode: true }),
    told: await client.runNoThrow(MODEL, media, often),
    failed: await client.runNoThrow(MODEL, { ...media, video: NOWHERE.video }, often),
  };
}

async function tooLong() {
  const told = await client.runNoThrow(MODEL, NOWHERE, { enableSyncMode: true });
  return { ...told.detail, error: String(told.detail.error) };
}

(video ? everything() : tooLong()).then(
  (told) => console.log(JSON.stringify(told, (key, value) => (value instanceof Error ? String(value) : value))),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
