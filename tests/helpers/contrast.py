"""The contrast of a page's words with what is behind them, as WCAG 2.2 measures it (1.4.3).

Half-transparent colors are mixed with what is below them. Pictures behind words are not seen.
"""

LOW_CONTRAST = """selector => {
    const parse = color => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const over = ([r, g, b, a = 1], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
    const parents = node => {
        const found = [];
        for (let one = node; one instanceof Element; one = one.parentElement) found.unshift(one);
        return found;
    };
    const luminance = rgb => {
        const [r, g, b] = rgb.map(c => c / 255)
            .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const low = [];
    for (const node of document.querySelectorAll(selector)) {
        const texts = [...node.childNodes].filter(one => one.nodeType === Node.TEXT_NODE);
        const text = texts.map(one => one.data.trim()).join(" ").trim();
        const seen = { visibilityProperty: true, opacityProperty: true };
        if (!text || !node.checkVisibility(seen)) continue;
        const style = getComputedStyle(node);
        let below = [255, 255, 255], opacity = 1;
        for (const one of parents(node)) {
            const layer = parse(getComputedStyle(one).backgroundColor);
            if (layer.length) below = over(layer, below);
            opacity *= Number(getComputedStyle(one).opacity);
        }
        const [r, g, b, a = 1] = parse(style.color);
        const [dark, light] = [over([r, g, b, a * opacity], below), below].map(luminance)
            .sort((one, other) => one - other);
        const ratio = (light + .05) / (dark + .05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) low.push(`${text.slice(0, 40)} (${ratio.toFixed(1)})`);
    }
    return low;
}"""


def low_contrast(frame, selector="body *"):
    """Return the words of a page or a frame with less contrast than level AA asks for."""
    return frame.evaluate(LOW_CONTRAST, selector)
