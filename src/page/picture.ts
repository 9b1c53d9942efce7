/** The drawing as a file of its own: without the theme's style sheet, so with what it made of it. */

const properties = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-linecap',
  'stroke-dasharray',
  'opacity',
  'font',
] as const;
/** For screens and slides. */
const pixels = 2;

export function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((element, index) => {
    const style = getComputedStyle(element);
    for (const name of properties) {
      const value = style.getPropertyValue(name);
      if (value !== '')
        to[index]?.setAttribute(name === 'font' ? 'style' : name, name === 'font' ? `font:${value}` : value);
    }
    to[index]?.removeAttribute('tabindex');
  });
  const { backgroundColor } = getComputedStyle(document.body);
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  back.setAttribute('width', '100%');
  back.setAttribute('height', '100%');
  back.setAttribute('fill', backgroundColor);
  copy.prepend(back);
  return new XMLSerializer().serializeToString(copy);
}

/** Base64. */
export async function pngOf(svg: SVGSVGElement): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.width.baseVal.value * pixels;
  canvas.height = svg.height.baseVal.value * pixels;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}
