const withoutCode = (text) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** The anchor of a heading, as it is made where Markdown is shown. */
const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchorsOf = (text) =>
  [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));

/**
 * @param exists whether a path, relative to the page, is there
 * @param read its text
 * @returns what is wrong with the links of a page; addresses of other hosts are not looked up
 */
export function brokenLinks(text, exists, read) {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^(https?:|mailto:)/.test(link)) return [];
    const [path, anchor] = link.split('#');
    if (path !== '' && !exists(path)) return [`links ${link}, which is not there`];
    if (anchor === undefined) return [];
    const target = path === '' ? text : read(path);
    return anchorsOf(target).includes(anchor) ? [] : [`links ${link}, and there is no such heading`];
  });
}
