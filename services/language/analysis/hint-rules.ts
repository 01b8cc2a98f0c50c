// The rules of harper.js that may speak, what each says to a student, and which sentences can trip it.
// Chosen by reading every hit on our own faulty and correct sentences and on 30,000 words of edited prose.
// Does not promise to find most errors: about one in ten that is not a spelling error has a rule here at all.

/** One hit of one rule, before it is shown. */
export interface Hit {
  readonly words: string
  /** The sentence up to the hit, and from its end. */
  readonly before: string
  readonly after: string
}

export interface HintRule {
  /** The name harper.js gives the rule; also the name in the contract. */
  readonly name: string
  readonly message: string
  /**
   * True of every sentence in which the rule is worth running. Reading a sentence costs harper.js about
   * 2 ms; three sentences in four have nothing any trigger matches and are never sent.
   */
  readonly trigger: RegExp
  /** Which hits to show; all when absent. Each exception was a false alarm once. */
  readonly accept?: (hit: Hit) => boolean
  /** harper.js gives the suggestions of this rule in another order each time; the alphabet decides. */
  readonly unordered?: true
}

const PAST =
  'went|saw|did|ate|took|came|gave|wrote|spoke|broke|began|drank|drove|fell|flew|forgot|froze|grew|hid|knew|ran|rang|' +
  'rode|rose|sang|sank|shook|stole|swam|threw|tore|woke|wore|chose|became|blew|bit|beat|drew|swore'
const OTHER_FORMS = `${PAST}|seen|done|gone|been|being|had|made|got|bought|brought|thought|told|said|felt|found|left|kept|lost|met|paid|was|were|is|are`

/** After "he", "she" or "it" these agree, whatever their ending; every other word without -s or -d is looked at. */
const AGREES =
  `${PAST}|can|could|will|would|shall|should|may|might|must|was|isn|wasn|hasn|doesn|didn|hadn|won|can['’]t|never|always|also|often|only|` +
  'just|still|really|then|not|and|or|but|to|in|on|at|for|with|from|by|of|that|who|which|when|while|as|all|both|too|' +
  'either|made|got|left|felt|kept|thought|put|let|cut|set|hit|read|lost|met|won|spent|built|bought|brought|caught|taught|' +
  'slept|lent|sent|meant|shot|learnt|crept|hung|dug|struck|shone|sat|even|ever|so|now|once|again|before|after|because|if|' +
  'back|up|out|down|off|over|about|into|more|most|almost|nearly|than|without|until|how|what|where|[a-z]+ly|[a-z]+ing'

/** "It" is an object more often than not ("make it easier"), so only common verbs make it worth a look. */
const BARE_VERBS =
  'do|have|go|come|make|take|give|get|look|seem|need|want|work|help|feel|cost|start|mean|depend|say|show|cause|become|happen|' +
  'taste|smell|sound|rain|like|move|run|stop|stay|keep|live|grow|eat|bring|tell|teach|begin|change|contain|consist|include'

const NOT_THIRD_PERSON =
  'always|perhaps|sometimes|was|this|us|is|as|its|his|yes|besides|lots|pass|miss|discuss|guess|dress|cross|press|kiss|possess|' +
  'express|focus|access|process|address|confess|toss|nevertheless|nonetheless'

const AGREEMENT = [
  `\\b(?:he|she) (?!(?:${AGREES})\\b)[a-z]*(?:[a-ce-rt-z]|send|spend|find|need|hold|stand|build|lead|add)(?![a-z'’])`,
  `\\bit (?:${BARE_VERBS})\\b`,
  `\\b(?:he|she|it) don['’]?t\\b`,
  `\\b(?:i|you|we|they) (?:has|does|doesn['’]?t|(?!(?:${NOT_THIRD_PERSON})\\b)[a-z]+s)\\b`,
]

const CAPITALS =
  '(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|august|september|october|november|december|' +
  'english|french|german|spanish|italian|chinese|japanese|russian|polish|arabic|turkish|swedish|norwegian|dutch|greek|latin|' +
  'british|american|european|african|asian|irish|scottish|welsh|london|paris|england|britain|scotland|ireland|france|germany|' +
  'spain|italy|america|europe|africa|asia|china|japan|india|christmas|easter|ramadan|christian|muslim|jewish'

const UNCOUNTED =
  'informations|advices|homeworks|furnitures|equipments|luggages|baggages|knowledges|researches|softwares|sceneries|machineries'

const pattern = (source: string, flags = 'i'): RegExp => new RegExp(source, flags)

/** In order of precedence: where two hits overlap, the rule that stands first speaks. */
export const HINT_RULES: readonly HintRule[] = [
  {
    name: 'SentenceCapitalization',
    message: 'A sentence begins with a capital letter.',
    trigger: /^["“‘'(]?\p{Ll}.*[.!?…]["”’')]*$/su,
    // Elsewhere harper.js has found a sentence that ours does not end, such as after "e.g."
    accept: ({ before, after }) =>
      /^["“‘'(]?$/.test(before) && /[.!?…]["”’')]*$/.test(after) && !/^\p{Lu}/u.test(after),
  },
  {
    name: 'CapitalizePersonalPronouns',
    message: 'The word “I” is always a capital letter.',
    trigger: /(?:^|[\s"“‘'(])i(?:['’](?:m|ve|ll|d))?(?=[\s.,;!?]|$)/u,
    accept: ({ before, after }) => !/["“‘'(]$/.test(before) && !/^(?:[)\].]\s?\S| before e)/.test(after),
  },
  {
    name: 'Months',
    message: 'The names of months begin with a capital letter.',
    trigger: /\b(?:in|on|of|since|until|by|last|next|this|\d{1,2}(?:st|nd|rd|th)?) (?:march|may)\b/u,
  },
  {
    name: 'OrthographicConsistency',
    message: 'The names of days, months, languages, peoples and places begin with a capital letter.',
    trigger: pattern(`\\b(?:${CAPITALS})\\b`, 'u'),
    accept: ({ words }) => pattern(`^(?:${CAPITALS})$`, 'u').test(words),
  },
  {
    name: 'AnA',
    message: 'Use “an” before a vowel sound and “a” before a consonant sound.',
    trigger:
      /\b[Aa] ["“‘'(]?(?:[AEIOaeio]|[Uu](?!n[aio]|s[aeiu]|r[aiou]|t[eio]|k)|h(?:on|ei|our))|\b[Aa]n ["“‘'(]?(?:[b-dgjkpqt-wyzB-DGJKPQT-WYZ]|[Hh](?!on|ei|our)|[flmnrsx]\p{Ll}|[Uu](?:n[io]|s|r|t)|[Ee]u|[Oo]n[ce]\b)/u,
    // Initials are read in more ways than the rule knows.
    accept: ({ after }) => !/^\s["“‘'(]?\p{Lu}{2}/u.test(after),
  },
  {
    name: 'AnAnother',
    message: 'Say “another” or “a different”; “another” already has “an” in it.',
    trigger: /\ban? another\b/i,
  },
  {
    name: 'RepeatedWords',
    message: 'This word stands here twice.',
    trigger: /\b([a-z]+)\s+\1\b/i,
    // Right in some sentences ("had had", "what it is is"), or repeated for effect.
    accept: ({ words }) =>
      !/^(?:had|that|did|do|is|was|very|really|so|no|yes|ha|bye|many|long|far|much|more|knock|her)\s/i.test(
        words,
      ),
  },
  {
    name: 'ItsPossessive',
    message: '“It’s” is short for “it is” or “it has”; what belongs to it is “its”.',
    // A word that follows "it is" far more often than it names what belongs to it is no reason to look.
    trigger:
      /\bit['’]s\s(?!(?:an?|the|not|no|been|got|just|really|very|so|too|only|all|always|also|still|like|because|about|in|on|at|for|from|to|up|that|this|what|how|when|where|why|who|as|if|my|your|his|her|our|their|more|most|much|less|better|best|worse|good|great|bad|hard|easy|nice|fun|free|fair|fine|true|clear|important|possible|impossible|difficult|necessary|time|hot|cold|late|early|dark|over|out|one|ok|okay)\b|[a-z]+(?:ing|ed|ly)\b)[a-z]/i,
  },
  {
    name: 'ItsContraction',
    message: 'Short for “it is” or “it has”, “it’s” takes an apostrophe.',
    trigger: /\bits (?:an?|the|been|got|not|so|too|very|really|just|like|because|my|your|[a-z]+ing)\b/i,
  },
  {
    name: 'ThereOwn',
    message: 'What belongs to them is “their own”.',
    trigger: /\b(?:there|they['’]?re) own\b/i,
  },
  {
    name: 'TheirToThere',
    message: '“Their” means belonging to them; to say that something exists or where it is, write “there”.',
    trigger: /\btheir\s+(?:is|are|was|were|will|has|have|had)\b/i,
    accept: ({ after }) => /^\s+(?:is|are|was|were|will|has|have|had)\b/i.test(after),
  },
  {
    name: 'TheirToTheyre',
    message: '“Their” means belonging to them; short for “they are”, write “they’re”.',
    trigger:
      /\btheir\s+(?:(?:going|coming) (?:to|home|back|out|on|over|with|in|by)|not|so|very|too|all|always|never|just|an?|the)\b/i,
    accept: ({ after }) =>
      /^\s+(?:(?:going|coming) (?:to|home|back|out|on|over|with|in|by)|not|so|very|too|all|always|never|just|an?|the)\b/i.test(
        after,
      ),
  },
  {
    name: 'ThereToTheir',
    message: '“There” is a place; what belongs to them is “their”.',
    trigger:
      /\bthere\b(?!['’]|\s+(?:is|are|was|were|will|would|has|have|had|isn|aren|wasn|weren|seem|must|may|might|could|should|can|be|been|and|but|or|to|for|in|at|on|with|by|from|when|before|after|until|because|so|as|if|that|who|i|he|she|we|they|it|you|too|again|now|then|every|the|a)\b|\s*[.,;:!?)"”—–-]|\s*$)/i,
    // harper.js takes any of these for a noun.
    accept: ({ after }) =>
      !/^\s+(?:yesterday|today|tomorrow|tonight|now|later|soon|next|last|all|not|goes|went)\b/i.test(after),
  },
  {
    name: 'TheyreToTheir',
    message: '“They’re” is short for “they are”; what belongs to them is “their”.',
    trigger: /\bthey['’]?re\s+[a-z]/i,
  },
  {
    name: 'YourPredicateAdjective',
    message: '“Your” means belonging to you; short for “you are”, write “you’re”.',
    trigger: /\b(?:when|if|that|because|think|hope|know|sure|while|since|and|but) your\b|^your\b/i,
  },
  {
    name: 'PronounContraction',
    message: '“Your” means belonging to you; short for “you are”, write “you’re”.',
    trigger: /\byour (?:the|a|an|my|so|not)\b/i,
    accept: ({ words }) => /^your$/i.test(words),
  },
  {
    name: 'ToTwoToo',
    message: '“Too” means also, or more than is good; otherwise write “to”.',
    trigger:
      /\btoo\s+[a-z]|\bto (?:much|many|late|early|hard|fast|slow|big|small|hot|cold|long|short|far|little|few|old|young|bad|easy|difficult|expensive|weak|strong|tired)\b/i,
    // "From middle to weak", "from early to late".
    accept: ({ words, before }) => !/^to$/i.test(words) || !/\bfrom\b|:/.test(before),
  },
  {
    name: 'ToLoseTooLoose',
    message: '“Lose” is the opposite of “find” or “win”; “loose” is the opposite of “tight”.',
    trigger: /\bloose\b/i,
  },
  {
    name: 'ThenThan',
    message: 'To compare, write “than”; “then” is about time.',
    trigger: /\b(?:[a-z]+er|more|less|worse|rather|other|different)\b[^;.!?]{0,40}\bthen\b/i,
  },
  {
    name: 'WereWhere',
    message: '“Where” asks about a place; “were” is a form of “to be”.',
    trigger:
      /\b(?:we|they|you|there|who|these|those) where\b|\b(?:know|knew|knows|see|saw|ask|asked|remember|tell|told|find|found|out|show|wonder|place|of|is) were\b/i,
  },
  {
    name: 'PronounKnew',
    message: 'The past of “know” is “knew”; “new” is the opposite of “old”.',
    trigger: /\b(?:i|you|he|she|we|they)\s(?:[a-z]+ly\s)?new\b/i,
  },
  {
    name: 'NounVerbConfusion',
    message:
      'One of these is the name of a thing and the other what someone does: advice and advise, effect and affect.',
    trigger: /\b(?:advi[cs]e|effect|affect|breathe?)\b/i,
  },
  {
    name: 'ModalOf',
    message: 'Write “have” here: “could of” is how “could’ve” sounds.',
    trigger: /\b(?:could|should|would|might|must|may|ought)(?:n['’]t)?\s+of\b/i,
    accept: ({ after }) => !/^\s+(?:course|all|late|his|her|their)\b/i.test(after),
  },
  {
    name: 'DidPast',
    message: 'After “did” the verb keeps its plain form: “did go”, “didn’t see”.',
    trigger: pattern(
      `\\bdid(?:n['’]?t)?\\b.{0,24}\\b(?:${PAST}|[a-z]+ed|had|made|got|bought|brought|thought|told|said|felt|found|left|lost)\\b`,
    ),
    // "What he did left us puzzled."
    accept: ({ words, before }) =>
      !/^(?:did|need)$/i.test(words) &&
      !/\b(?:what|all|which|that|things?|as|than)\b[^,;]*\bdid\s$/i.test(before),
  },
  {
    name: 'WillNonLemma',
    message: 'After “will” the verb keeps its plain form: “will go”.',
    trigger: pattern(`\\b(?:will|shall)(?: not)? (?:${OTHER_FORMS})\\b`),
  },
  {
    name: 'SimplePastToPastParticiple',
    message: 'After “have” or “be” another form of this verb is used: “has gone”, “was written”.',
    trigger: pattern(
      `(?:\\b(?:have|has|had|having|be|been|being|is|are|was|were)|['’]ve)(?:n['’]t)?(?: (?:not|never|already|just|only|[a-z]+ly))? (?:${PAST})\\b`,
    ),
  },
  {
    name: 'DoubleModal',
    message: 'Only one of these two verbs can stand here.',
    trigger:
      /\b(?:can|could|may|might|must|shall|should|will|would) (?:can|could|may|might|must|shall|should|will|would)\b/i,
  },
  { name: 'DontCan', message: 'Say “can’t” or “cannot”.', trigger: /\bdon['’]?t can\b/i },
  { name: 'IAmAgreement', message: 'With “I” the form is “am”.', trigger: /\bi are\b/i },
  {
    name: 'PronounInflectionBe',
    message: 'This form of “to be” does not go with its subject: I was, you were, he was, they were.',
    trigger:
      /\b(?:(?:you|we|they) (?:was|is|am|wasn['’]?t|isn['’]?t)|(?:he|she|it) (?:were|are|am|weren['’]?t|aren['’]?t)|i (?:were|is|are|weren['’]?t))\b/i,
    // "If I were you", "as though it were", "were he" are right.
    accept: ({ words, before }) =>
      !/were/i.test(words) || !/\b(?:if|wish|wishe[sd]|though|suppose|would|unless)\b/i.test(before),
  },
  {
    name: 'PronounVerbAgreement',
    message: 'This verb does not go with its subject: I go, he goes, they go.',
    trigger: pattern(AGREEMENT.join('|')),
    accept: ({ words }) => !/^(?:wont|cant|dont|sick|tired|sad|happy|afraid)$/i.test(words),
  },
  {
    name: 'ThereIsAgreement',
    message: 'With more than one, say “there are” or “there were”.',
    trigger:
      /\b(?:there (?:is|was|isn['’]?t|wasn['’]?t)|is there|was there)\b[^.;!?]{0,12}\b(?:lots|many|several|few|two|three|four|five|any)\b/i,
  },
  {
    name: 'OneOfTheSingular',
    message: 'After “one of” come several: “one of the books”.',
    trigger: /\bone of (?:the|my|his|her|our|their|your|its|these|those)\b/i,
  },
  {
    name: 'AdjectiveDoubleDegree',
    message: 'The ending already says “more” or “most”: “prettier”, not “more prettier”.',
    trigger: /\b(?:more|most) (?:[a-z]+(?:er|est)|worse|worst)\b/i,
  },
  {
    name: 'MassNouns',
    message: 'This word has no plural: say “information”, “some advice”, “a piece of furniture”.',
    trigger: pattern(`\\b(?:${UNCOUNTED})\\b`),
    accept: ({ words }) => pattern(`\\b(?:${UNCOUNTED})$`).test(words),
  },
  {
    name: 'RegularIrregulars',
    message: 'This verb has a past form of its own.',
    unordered: true,
    trigger:
      /\b(?:runn|catch|teach|buy|go|eat|writ|choos|cutt|fall|break|bring|build|com|cost|draw|drink|driv|feel|fight|find|fly|forgett?|giv|grow|hear|hitt|hold|hurt|keep|know|leav|los|mak|meet|pay|putt|ris|see|sell|send|shutt|sing|sitt|sleep|speak|spend|stand|steal|swimm|swim|tak|tell|think|throw|understand|wear|winn)e?d\b|\b[a-z]+[b-df-hj-np-tv-z]ys\b/i,
  },
  {
    name: 'WasAloud',
    message: '“Aloud” means out loud; for “permitted”, write “allowed”.',
    trigger: /\b(?:was|were) aloud\b/i,
  },
  {
    name: 'SupposedTo',
    message: 'Write “supposed to”.',
    trigger: /(?:\b(?:am|is|are|was|were|be|been|not)|['’](?:m|s|re)|n['’]t) suppose to\b/i,
    accept: ({ before }) => /(?:\b(?:am|is|are|was|were|be|been|not)|['’](?:m|s|re)|n['’]t) $/i.test(before),
  },
  { name: 'UseToUsedTo', message: 'Write “used to”.', trigger: /\buse to\b/i },
  {
    name: 'SinceDuration',
    message: '“Since” names a point in time; for how long, say “for”.',
    trigger: /\bsince (?:[a-z\d]+ ){1,3}(?:minutes?|hours?|days?|weeks?|months?|years?)\b/i,
    accept: ({ after }) => !/^\s+(?:ago|before|earlier|back)\b/i.test(after),
  },
  { name: 'DespiteOf', message: 'Say “despite” or “in spite of”.', trigger: /\bdespite of\b/i },
  {
    name: 'DoubleNegative',
    message: 'Two negatives in one clause: with “didn’t”, say “any”.',
    trigger: /\bdid(?:n['’]?t| not) [a-z]+ no\b/i,
  },
  {
    name: 'HaveNegNoAny',
    message: 'Two negatives in one clause: with “haven’t”, say “any”.',
    trigger: /\bha(?:ve|s|d)(?:n['’]?t| not) [a-z]+ no\b/i,
  },
  {
    name: 'CompoundSubjectI',
    message: 'As the subject, say “I”: “my friend and I went”.',
    trigger: /\b(?:my|his|her|our|their|your) [a-z]+ and me\b/i,
  },
  {
    name: 'ElsePossessive',
    message: 'What belongs to someone else is “someone else’s”.',
    trigger: /\belses\b/i,
  },
  {
    name: 'EachOthersPossessive',
    message: 'What belongs to each other is “each other’s”.',
    trigger: /\beach others\b/i,
  },
  {
    name: 'PluralDecades',
    message: 'A decade takes no apostrophe: “the 1990s”.',
    trigger: /\b\d{2,4}['’]s\b/,
  },
  { name: 'Cant', message: 'Short for “cannot”, “can’t” takes an apostrophe.', trigger: /\bcant\b/i },
  {
    name: 'OpenCompounds',
    message: 'These are two words.',
    trigger: /\b(?:alot|atleast|infact|incase|eachother|aswell)\b/i,
    accept: ({ words }) => /^(?:alot|atleast|infact|incase|eachother|aswell)$/i.test(words),
  },
  { name: 'EveryTime', message: '“Every time” is two words.', trigger: /\beverytime\b/i },
  {
    name: 'Everyday',
    message: '“Everyday” describes a thing; for “on each day”, write “every day”.',
    trigger: /\beveryday\b/i,
  },
]
