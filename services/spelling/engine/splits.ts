// Rule: two written words that are one ("every thing", "to gether").
// From: our own list of compounds that English writes together, plus the lexicon when one half is no word.
// Does not promise: to see a split whose halves are both common words unless the pair is listed.

/** Always one word where the halves stand side by side; pairs with an honest two-word reading are left out. */
const COMPOUNDS = `
every thing|every where|every body|some thing|some where|some body|some how|any thing|any where|any body|any how|no where|no thing|no body
my self|him self|her self|it self|your self|our selves|them selves|your selves|one self
to gether|to day|to morrow|to night|to wards|yester day|a gainst|a bove|a fraid|a head|a live|a long side|a mong|a nother|a part from|a round|a way|a while ago
al ready|al ways|al though|al most|al so|all ways|all though|all ready been|be cause|be come|be came|be fore|be gan|be gin|be hind|be side|be sides|be tween|be yond|be lieve|be ing
with out|with in|through out|out side|in side|in stead|in deed|in to the|on to the|up on|up stairs|down stairs|up set|out doors|in doors|mean while|mean time|other wise|like wise|never the less|none the less|more over|further more|there fore|there by|where as|where ever|when ever|what ever|who ever|which ever|how ever|for get|for got|for give|for ward|after wards|back wards|for wards|how ever|al together
class room|class rooms|class mate|class mates|home work|school work|note book|note books|text book|text books|week end|week ends|birth day|birth days|bed room|bed rooms|bath room|bath rooms|living room s|grand mother|grand father|grand parents|grand ma|grand pa|foot ball|basket ball|base ball|volley ball|play ground|home town|hair cut|sun shine|sun light|sun set|sun rise|sun glasses|moon light|day light|rain bow|rain coat|rain forest|snow man|snow ball|water fall|fire works|fire place|fire man|police man|police men|fisher man|post man|sales man|chair man|business man|business men|air port|air plane|air craft|under stand|under stood|under standing|under ground|under neath|under water|over come|over night|over look|over weight|sea side|sea food|break fast|cup board|cup cake|cup cakes|pan cake|pan cakes|straw berry|straw berries|butter fly|butter flies|lady bird|gold fish|jelly fish|tooth brush|tooth ache|head ache|head aches|stomach ache s|eye brow|eye brows|finger nail|finger nails|neck lace|ear rings|some times|any more than|any one who|every one who|some one who|good bye|mail box|key board|news paper|news papers|life time|life style|life styles|work shop|work place|work shops|team work|team mate|team mates|house hold|house work|house wife|farm house|light house|ware house|land scape|land mark|country side|neighbour hood|child hood|friend ship|friend ships|relation ship|relation ships|member ship|leader ship|hard ship|scholar ship|champion ship|care ful|care fully|help ful|beauti ful|wonder ful|peace ful|hope fully|success ful|success fully|thank ful|grate ful|pain ful|color ful|colour ful|home less|end less|dis appear|dis appeared|dis like|dis agree|un happy|un known|un fair|un likely|un lucky|un fortunately|re member|re membered|im portant|im possible|mis take|mis takes|mis understand|any body|every day's
`
const compounds = new Map<string, string>()
for (const pair of COMPOUNDS.split(/[|\n]/)) {
  const halves = pair.trim().split(' ')
  if (halves.length === 2) compounds.set(`${halves[0]} ${halves[1]}`, `${halves[0]}${halves[1]}`)
}
/** Honest as two words often enough: "for ward" is none of these, "every one" is. */
for (const honest of [
  'no thing',
  'a long',
  'no body',
  'all ways',
  'up on',
  'a part',
  'a way',
  'a head',
  'a round',
  'a live',
])
  compounds.delete(honest)

/** The one word that a listed pair should be, or undefined. Both in small letters. */
export function listedCompound(first: string, second: string): string | undefined {
  return compounds.get(`${first} ${second}`)
}

/** Words that stand alone so often that an unknown neighbour is not their other half. */
const NOT_A_HALF = new Set(
  'the an of and is are was i he she it we they you my his her its our your their this that s t am in on at to for by with from as or if be no so do go us up all not but has had have can will'.split(
    ' ',
  ),
)
export const mayBeHalf = (word: string): boolean => !NOT_A_HALF.has(word)
