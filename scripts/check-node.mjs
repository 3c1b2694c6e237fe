const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node >= 22.18 is needed, this is ${process.version}. Run through npm (npm test, npx ...) after "npm ci"; do not pass --omit=optional.`,
  );
  process.exit(1);
}
