// Random requests for the comparison of signers: a sequence that a seed determines.
"use strict";

/** Mulberry32, from 0 (inclusive) to `below`. */
function generator(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const ALNUM = LOWER + LOWER.toUpperCase() + "0123456789";
const VISIBLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
// Each has a length of its own in UTF-8 (two, three, four bytes), or is what encoders get wrong.
const WIDE = ["é", "ß", "Ж", "中", "文", "한", "€", "\u2028", "😀", "𐍈", "\u00a0", "\u007f", "\u0001", "\n", "\t", " "];

class Requests {
  constructor(seed) {
    this.below = generator(seed);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  text(alphabet, least, most) {
    let out = "";
    for (let left = least + this.below(most - least + 1); left > 0; left--) out += this.pick(alphabet);
    return out;
  }

  /** Anything that a decoded path or query can hold but a NUL. */
  anything(least, most) {
    return this.text(this.chance(50) ? VISIBLE : this.pick([[...VISIBLE, ...WIDE], WIDE]), least, most);
  }

  date() {
    const seconds = this.below(4102444800); // until the year 2100
    return new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
  }

  host() {
    const host = this.pick([
      `swr-api.${this.pick(["cn-north-4", "eu-west-101", "af-south-1"])}.myhuaweicloud.com`,
      `${this.text(LOWER, 1, 20)}.${this.text(LOWER, 2, 9)}`,
      "127.0.0.1",
      "[::1]",
    ]);
    return this.chance(40) ? `${host}:${1 + this.below(65535)}` : host;
  }

  /** A name as an organization or repository has it, `/` standing as `$`. */
  name(separators) {
    let out = this.text(LOWER + "0123456789", 1, 8);
    for (let parts = this.below(5); parts > 0; parts--) {
      out += this.pick(separators) + this.text(LOWER + "0123456789", 1, 8);
    }
    return out;
  }

  path() {
    if (this.chance(60)) {
      const repository = this.name(["$", ".", "_", "__", "-", "--"]);
      return `/v2/manage/namespaces/${this.name([".", "_", "-", "--"])}/repos/${repository}/sync_job`;
    }
    const parts = [];
    for (let left = this.below(6); left > 0; left--) parts.push(this.anything(0, 12));
    return "/" + parts.join("/");
  }

  filter() {
    const order = this.pick(["", "|order::asc", "|order::desc"]);
    return `limit::${this.below(1001)}|offset::${this.below(10000000)}${order}`;
  }

  /** Parameters, of which names may repeat; `most` of them at most. */
  query(most) {
    const query = [];
    for (let left = this.below(most + 1); left > 0; left--) {
      const kind = this.below(10);
      if (kind < 5) query.push(["filter", this.filter()]);
      else if (kind < 6 && query.length) query.push([this.pick(query)[0], this.anything(0, 12)]);
      else query.push([this.anything(kind < 7 ? 0 : 1, 12), this.anything(0, 30)]);
    }
    return query;
  }

  headerValue() {
    return (this.text(VISIBLE, 1, 1) + this.text([...VISIBLE, " ", "é", "中"], 0, 30)).trim();
  }

  /** The signed ones but host and date, each name once. */
  headers() {
    const headers = {};
    if (this.chance(60)) {
      headers["content-type"] = this.pick(["application/json", "application/json;charset=utf-8", "text/plain"]);
    }
    if (this.chance(40)) headers["X-Project-Id"] = this.text("0123456789abcdef", 32, 32);
    if (this.chance(30)) headers["X-Security-Token"] = this.text(ALNUM + "+/=", 1, this.pick([20, 3000]));
    if (this.chance(20)) headers["X-Domain-Id"] = this.text("0123456789abcdef", 32, 32);
    for (let left = this.chance(30) ? 1 + this.below(4) : 0; left > 0; left--) {
      headers[`x-${this.text(LOWER + "0123456789", 1, 6)}-${this.text(LOWER, 1, 6)}`] = this.headerValue();
    }
    return headers;
  }

  /** A request without a body, with at most `most` parameters. */
  next(most) {
    return {
      method: this.pick(["GET", "GET", "GET", "HEAD", "DELETE", "POST"]),
      path: this.path(),
      query: this.query(most),
      headers: this.headers(),
      host: this.host(),
      date: this.date(),
      accessKey: this.text(ALNUM, 1, 40),
      secretKey: this.text(VISIBLE, 1, this.pick([10, 40, 100])),
    };
  }
}

module.exports = { Requests };
