import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

/** What a phone on a slow line can still wait for. */
const MAX_SCRIPT_BYTES = 150_000;

/** Measures the script as it is sent, and fails the build where it has grown too large. */
const scriptSize = {
  name: 'script-size',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    const bytes = chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
    const measured = `the script is ${(bytes / 1000).toFixed(1)} kB compressed, at most ${MAX_SCRIPT_BYTES / 1000}`;
    if (bytes > MAX_SCRIPT_BYTES) this.error(measured);
    console.error(`The page is built: ${measured}`);
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [scriptSize],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0, // The policy of the page allows its own files alone.
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: {
    proxy: Object.fromEntries(
      ['/search', '/suggest', '/addresses', '/presidents', '/machine-room'].map((path) => [
        path,
        'http://127.0.0.1:3000',
      ]),
    ),
  },
});
