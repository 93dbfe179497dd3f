// Arithmetic of one or two complex numbers. Every function leaves real and imaginary part in `result`.

/** What the last call gave. */
export const result = new Float64Array(2)

function give(re: number, im: number): void {
  result[0] = re
  result[1] = im
}

/** Smith's method, as NumPy divides. */
export function divideComplex64(xr: number, xi: number, yr: number, yi: number): void {
  if (Math.abs(yr) >= Math.abs(yi)) {
    if (yr === 0 && yi === 0) {
      give(xr / Math.abs(yr), xi / Math.abs(yr))
      return
    }
    const ratio = yi / yr
    const scale = 1 / (yr + yi * ratio)
    give((xr + xi * ratio) * scale, (xi - xr * ratio) * scale)
    return
  }
  const ratio = yr / yi
  const scale = 1 / (yi + yr * ratio)
  give((xr * ratio + xi) * scale, (xi * ratio - xr) * scale)
}

const { fround } = Math

/** The same, rounded to float32 at every step. */
export function divideComplex32(xr: number, xi: number, yr: number, yi: number): void {
  if (Math.abs(yr) >= Math.abs(yi)) {
    if (yr === 0 && yi === 0) {
      give(xr / Math.abs(yr), xi / Math.abs(yr))
      return
    }
    const ratio = fround(yi / yr)
    const scale = fround(1 / fround(yr + fround(yi * ratio)))
    give(fround(xr + fround(xi * ratio)) * scale, fround(xi - fround(xr * ratio)) * scale)
    return
  }
  const ratio = fround(yr / yi)
  const scale = fround(1 / fround(yi + fround(yr * ratio)))
  give(fround(fround(xr * ratio) + xi) * scale, fround(fround(xi * ratio) - xr) * scale)
}

type Multiply = (xr: number, xi: number, yr: number, yi: number) => void

function multiply64(xr: number, xi: number, yr: number, yi: number): void {
  give(xr * yr - xi * yi, xr * yi + xi * yr)
}

function multiply32(xr: number, xi: number, yr: number, yi: number): void {
  give(fround(fround(xr * yr) - fround(xi * yi)), fround(fround(xr * yi) + fround(xi * yr)))
}

/** NumPy multiplies for integer exponents up to 100. */
const MAX_MULTIPLIED = 100

export function powerComplex64(xr: number, xi: number, yr: number, yi: number): void {
  powerComplex(xr, xi, yr, yi, multiply64)
}

export function powerComplex32(xr: number, xi: number, yr: number, yi: number): void {
  powerComplex(xr, xi, yr, yi, multiply32)
}

function powerComplex(xr: number, xi: number, yr: number, yi: number, multiply: Multiply): void {
  if (yr === 0 && yi === 0) give(1, 0)
  else if (xr === 0 && xi === 0) {
    if (yr > 0) give(0, 0)
    else give(Number.NaN, Number.NaN)
  } else if (yi === 0 && Number.isInteger(yr) && Math.abs(yr) < MAX_MULTIPLIED) {
    powerByMultiplying(xr, xi, yr, multiply)
  } else powerByLogarithm(xr, xi, yr, yi)
}

/** In NumPy's order, which decides what infinities become. */
function powerByMultiplying(xr: number, xi: number, exponent: number, multiply: Multiply): void {
  if (exponent === 1) give(xr, xi)
  else if (exponent === 2) multiply(xr, xi, xr, xi)
  else if (exponent === 3) {
    multiply(xr, xi, xr, xi)
    multiply(xr, xi, result[0] as number, result[1] as number)
  } else powerBySquaring(xr, xi, exponent, multiply)
}

function powerBySquaring(xr: number, xi: number, exponent: number, multiply: Multiply): void {
  let [re, im] = [1, 0]
  let [baseRe, baseIm] = [xr, xi]
  for (let rest = Math.abs(exponent); rest !== 0; rest >>= 1) {
    if (rest & 1) {
      multiply(re, im, baseRe, baseIm)
      re = result[0] as number
      im = result[1] as number
    }
    multiply(baseRe, baseIm, baseRe, baseIm)
    baseRe = result[0] as number
    baseIm = result[1] as number
  }
  if (exponent > 0) give(re, im)
  else if (multiply === multiply32) divideComplex32(1, 0, re, im)
  else divideComplex64(1, 0, re, im)
}

function powerByLogarithm(xr: number, xi: number, yr: number, yi: number): void {
  const logarithm = Math.log(Math.hypot(xr, xi))
  const angle = Math.atan2(xi, xr)
  expComplex(yr * logarithm - yi * angle, yi * logarithm + yr * angle)
}

export function reciprocalComplex(re: number, im: number): void {
  if (Math.abs(im) <= Math.abs(re)) {
    const ratio = im / re
    const size = re + im * ratio
    give(1 / size, -ratio / size)
    return
  }
  const ratio = re / im
  const size = re * ratio + im
  give(ratio / size, -1 / size)
}

export function signComplex(re: number, im: number): void {
  const size = Math.hypot(re, im)
  if (size === Infinity) signOfInfinite(re, im)
  else if (size === 0) give(0, 0)
  else give(re / size, im / size)
}

function signOfInfinite(re: number, im: number): void {
  const isInfinite = (part: number) => Math.abs(part) === Infinity
  if (isInfinite(re) && isInfinite(im)) give(Number.NaN, Number.NaN)
  else if (isInfinite(re)) give(Math.sign(re), 0)
  else if (isInfinite(im)) give(0, Math.sign(im))
  else give(re / Infinity, im / Infinity)
}

/** The root with non-negative real part. C99's answers for infinities. */
export function sqrtComplex(re: number, im: number): void {
  if (re === 0 && im === 0) give(0, im)
  else if (Math.abs(im) === Infinity) give(Infinity, im)
  else if (Math.abs(re) === Infinity) sqrtOfInfinite(re, im)
  else if (Number.isNaN(re) || Number.isNaN(im)) give(Number.NaN, Number.NaN)
  else sqrtOfFinite(re, im)
}

function sqrtOfInfinite(re: number, im: number): void {
  const rest = Number.isNaN(im) ? im : 0
  const signed = Object.is(im, -0) || im < 0 ? -1 : 1
  if (re > 0) give(re, Number.isNaN(im) ? im : signed * 0)
  else give(rest, signed * Infinity)
}

/** Scaled so that no square overflows. */
function sqrtOfFinite(re: number, im: number): void {
  const isLarge = Math.max(Math.abs(re), Math.abs(im)) > 1e300
  const scale = isLarge ? 0.25 : 1
  const unscale = isLarge ? 2 : 1
  const x = re * scale
  const y = im * scale
  const root = Math.sqrt((Math.abs(x) + Math.hypot(x, y)) * 0.5)
  const other = Math.abs(y) / (2 * root)
  const signed = y < 0 || Object.is(y, -0) ? -1 : 1
  if (x >= 0) give(root * unscale, signed * other * unscale)
  else give(other * unscale, signed * root * unscale)
}

export function expComplex(re: number, im: number): void {
  const size = Math.exp(re)
  if (im === 0) give(size, im)
  else if (Number.isFinite(im)) give(size * Math.cos(im), size * Math.sin(im))
  else if (re === -Infinity) give(0, 0)
  else give(re === Infinity ? re : Number.NaN, Number.NaN)
}

export function logComplex(re: number, im: number): void {
  give(logOfSize(re, im), Math.atan2(im, re))
}

/** Near 1 the logarithm of the size would lose what the square of the smaller part adds. */
function logOfSize(re: number, im: number): number {
  const large = Math.max(Math.abs(re), Math.abs(im))
  const small = Math.min(Math.abs(re), Math.abs(im))
  if (large > 0.5 && large < 2) return Math.log1p((large - 1) * (large + 1) + small * small) / 2
  return Math.log(Math.hypot(re, im))
}

export function log2Complex(re: number, im: number): void {
  give(logOfSize(re, im) * Math.LOG2E, Math.atan2(im, re) * Math.LOG2E)
}

export function log10Complex(re: number, im: number): void {
  give(logOfSize(re, im) * Math.LOG10E, Math.atan2(im, re) * Math.LOG10E)
}

/** C99's sinh. */
function sinhComplex(re: number, im: number): void {
  if (im === 0) give(Math.sinh(re), im)
  else if (re === 0) give(re, Math.sin(im))
  else if (!Number.isFinite(im)) give(Math.abs(re) === Infinity ? re : Number.NaN, Number.NaN)
  else give(Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im))
}

/** C99's cosh. */
function coshComplex(re: number, im: number): void {
  if (im === 0) give(Math.cosh(re), Number.isNaN(re) ? 0 : signedZero(re) * im)
  else if (re === 0) give(Math.cos(im), Number.isFinite(im) ? re * Math.sin(im) : 0)
  else if (!Number.isFinite(im)) give(Math.abs(re) === Infinity ? Infinity : Number.NaN, Number.NaN)
  else give(Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im))
}

function signedZero(re: number): number {
  return re < 0 || Object.is(re, -0) ? -1 : 1
}

/** Past it tanh is 1 to the last digit, and cosh would overflow. */
const MAX_TANH = 20

/** C99's tanh, by Kahan's formulas. */
function tanhComplex(re: number, im: number): void {
  if (Number.isNaN(re)) give(re, im === 0 ? im : Number.NaN)
  else if (Math.abs(re) === Infinity && !Number.isFinite(im)) give(Math.sign(re), 0)
  else if (!Number.isFinite(im)) give(re === 0 ? re : Number.NaN, Number.NaN)
  else if (Math.abs(re) > MAX_TANH) {
    give(Math.sign(re), 4 * Math.exp(-2 * Math.abs(re)) * Math.sin(im) * Math.cos(im))
  } else tanhOfFinite(re, im)
}

function tanhOfFinite(re: number, im: number): void {
  const t = Math.tan(im)
  const beta = 1 + t * t
  const s = Math.sinh(re)
  const rho = Math.sqrt(1 + s * s)
  const denominator = 1 + beta * s * s
  give((beta * rho * s) / denominator, t / denominator)
}

/** sin z is -i sinh iz. */
export function sinComplex(re: number, im: number): void {
  sinhComplex(-im, re)
  give(result[1] as number, -(result[0] as number))
}

/** cos z is cosh iz. */
export function cosComplex(re: number, im: number): void {
  coshComplex(-im, re)
}

/** tan z is -i tanh iz. */
export function tanComplex(re: number, im: number): void {
  tanhComplex(-im, re)
  give(result[1] as number, -(result[0] as number))
}
