// The connectives themselves, by kind; "^" marks words that connect only where a clause opens.
// Own list: Halliday & Hasan (1976, table 5.10) for the first four kinds, Quirk et al. (1985, § 8.134–147) for the
// others. Does not promise all of English; plain "and" is left out, because it joins nouns as often as clauses.

import type { LanguageMetrics } from '#contracts/language.ts'

export type Kind = keyof LanguageMetrics['connectives']

/**
 * Words with two readings are in the list of the commoner one, or absent: "since" and "as" alone are
 * absent, "while" is temporal at any place and adversative only as "whilst" or "whereas".
 */
export const CONNECTIVES: Record<Kind, string> = {
  additive: `
    also, moreover, furthermore, in addition, in addition to, additionally, besides, besides that, what is more,
    what's more, on top of that, on top of this, not only, but also, as well as, equally, likewise, similarly,
    in the same way, by the same token, along with, together with, ^and also, ^another reason, ^another point,
    nor, neither, apart from that, apart from this`,
  adversative: `
    but, however, yet, ^still, although, though, even though, even if, nevertheless, nonetheless, on the other hand,
    on the contrary, in contrast, by contrast, in contrast to, conversely, instead, instead of, rather than, despite,
    despite this, in spite of, in spite of this, whereas, whilst, unlike, ^otherwise, all the same, even so,
    at the same time, then again, that said, having said that, in any case, at any rate, regardless, notwithstanding,
    as opposed to, contrary to, admittedly, and yet, but still`,
  causal: `
    because, because of, ^so, and so, so that, therefore, thus, hence, consequently, as a result, as a result of,
    as a consequence, in consequence, for this reason, for that reason, that is why, that's why, this is why,
    this means that, due to, owing to, thanks to, on account of, accordingly, which means that, in order to,
    in order that, given that, seeing that, ^in that case, the reason why, the reason is,
    so as to, now that`,
  temporal: `
    then, and then, when, whenever, while, before, after, until, till, ^next, afterwards, afterward, ^later, later on,
    ^earlier, meanwhile, in the meantime, as soon as, at first, ^first, firstly, first of all, ^second, secondly,
    ^third, thirdly, ^fourth, fourthly, ^finally, lastly, last of all, eventually, in the end, at last, at once,
    immediately, suddenly, all of a sudden, ^soon, soon after, ever since, since then, from then on, by the time,
    by then, at that moment, at that point, after that, before that, after this, after a while, previously,
    subsequently, ^once, ^to begin with, to start with, in the beginning, the next day, the moment that, up to now,
    so far, as long as`,
  exemplifying: `
    for example, for instance, such as, to illustrate, as an example, an example of this is, one example is,
    in particular, particularly, especially, namely, specifically, that is to say, in other words, e.g, i.e,
    ^that is, as shown by, as can be seen, including, a case in point, to put it another way`,
  concluding: `
    in conclusion, to conclude, to sum up, in summary, to summarise, to summarize, in short, in brief, overall,
    all in all, on the whole, altogether, in a word, in a nutshell, to put it briefly, in closing, by and large,
    ^ultimately, as we have seen, to recap, all things considered, taking everything into account,
    taken together, when all is said and done, at the end of the day, for all these reasons, for these reasons`,
}
