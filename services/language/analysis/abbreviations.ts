// Which full stops belong to an abbreviation, by how the abbreviation behaves before a new sentence.
// Own list, from British and American school and newspaper usage; written without the final stop.
// Does not promise to know every abbreviation: an unknown one before a capital ends the sentence.

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Something always follows within the sentence, so they never end one. */
export const NEVER_END = words(`
  mr mrs ms mx dr prof rev revd hon gen col maj capt cpt lt cdr sgt cpl pte adm pres gov sen rep supt insp
  fr sr st mt ft messrs mme mlle mons
  vs v cf viz approx ca al esp incl excl i.e e.g ie eg a.k.a
  dept govt univ assoc est tel ext avg
  jan feb mar apr jun jul aug sept oct nov dec mon tue tues wed thu thur thurs fri
`)

/** Abbreviations only before a figure ("No. 5", "p. 12"); elsewhere the word and its stop are ordinary. */
export const BEFORE_FIGURE = words('no nos p pp vol vols ch chap fig figs sec art eq para ver op')

/** They close sentences too: the next word decides. */
export const MAY_END = words('jr inc ltd co corp plc bros ave blvd rd dept esq phd ba ma bsc msc mp')

/** Ends a list, and with a capital after it the sentence as well. */
export const LIST_END = words('etc')

/**
 * Words that, capitalised in mid-sentence, are rare: after "U.S." or an initial they show that a new
 * sentence has begun.
 */
export const SENTENCE_OPENERS = words(`
  the a an this that these those there here it its it's he she they we you i i'm my your his her our their
  in on at by for from with when where while if as after before because although though since until
  but and so or yet then now however also not no yes what who why how which
  some many most all each every one two three another
  is are was were do does did have has had can could will would should may might
`)
