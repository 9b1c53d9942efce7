/** What the timeline's page says of itself. */
import type { Words } from '../../page/scene.ts';
import { t } from '../words/l10n.ts';

export function pageWords(): Words {
  return {
    choose: t('Swap'),
    zoom: t('What is shown'),
    swap: t('The swap'),
    whole: t('All of it'),
    closer: t('Closer'),
    farther: t('Farther'),
    saveSvg: t('Save as SVG'),
    savePng: t('Save as PNG'),
    help: t('Arrow keys go from moment to moment, + and − zoom, 1 shows the swap, 0 all of it.'),
    requests: t('requests'),
    held: t('held'),
    latency: t('latency'),
    sinceSave: t('since the save'),
  };
}
