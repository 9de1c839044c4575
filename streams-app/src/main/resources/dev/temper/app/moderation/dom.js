// Elements made one by one. No HTML text is ever parsed, so what strangers wrote can only become text.

const SVG = 'http://www.w3.org/2000/svg';

/** Attributes that could run or load something are left to the page's own HTML. */
const ATTRIBUTE = /^(class|id|role|title|type|name|value|placeholder|tabindex|dir|for|scope|datetime|rows|maxlength|autocomplete|spellcheck|aria-[a-z]+|data-[a-z-]+|viewBox|width|height|x|y|x1|x2|y1|y2|d|rx|text-anchor|transform)$/;

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      node.addEventListener(name, value);
    } else if (typeof value === 'boolean') {
      node[name] = value;
    } else if (!ATTRIBUTE.test(name)) {
      throw new Error(`the attribute ${name} is not for elements made here`);
    } else if (value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * An element of HTML. A function among the attributes listens to the event of its name, a boolean is a property;
 * strings among the children become text.
 */
export function el(name, attributes = {}, ...children) {
  return dress(document.createElement(name), attributes, children);
}

/** An element of SVG. */
export function svg(name, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, name), attributes, children);
}

/** The page's own element. */
export function byId(id) {
  return document.getElementById(id);
}

/** Says something once to people who listen to the page. */
export function announce(text) {
  byId('announce').textContent = text;
}

/** A setting that outlives the page, as far as the browser lets it. */
export const settings = {
  read(name, otherwise) {
    try {
      return localStorage.getItem(`temper.${name}`) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`temper.${name}`, value);
    } catch {
      // Storage is switched off: it holds until the page is left.
    }
  },
};
