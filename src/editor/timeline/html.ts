/** The page's frame. Nothing in it comes from elsewhere, and no script but ours runs. */

export interface PageParts {
  /** Of the script, unguessable. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  /** Where the webview may load from. */
  readonly source: string;
  readonly language: string;
}

export function pageHtml({ nonce, script, style, source, language }: PageParts): string {
  // The picture is read back to be saved as PNG: that is what `img-src data:` is for.
  const policy = `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'; img-src data:`;
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Timeline</title>
</head>
<body>
<main>
<h1 id="title"></h1>
<p id="summary"></p>
<div class="bar">
<label><span id="choose-label"></span> <select id="choose"></select></label>
<div class="group" role="group" id="zoom"><button id="swap"></button><button id="whole"></button><button id="closer"></button><button id="farther"></button></div>
<div class="group"><button id="svg"></button><button id="png"></button></div>
</div>
<div id="picture"></div>
<p id="told" role="status"></p>
<p id="help"></p>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
