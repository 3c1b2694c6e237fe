export const DEFAULT_PORT = 3000;
export const DEFAULT_EDITOR_PASSWORD = 'four score';
