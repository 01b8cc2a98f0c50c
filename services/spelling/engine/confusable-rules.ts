// Rule: the patterns and sets that confusables.ts reads.
// From: our own hand. `a|b [word|word2] c > meant` : words before, the word judged, words after; `!` none of these,
// `$` also where the clause ends, `@class` a list below, a trailing ` @gb` one dialect only. Does not promise: completeness.

const NOUNS =
  'house home parents mother father mum mom dad friends friend family school teacher car dog cat phone bag book books clothes room life lives children kids own head heads eyes hands hand team country work job jobs food money opinion ideas idea homework brother sister brothers sisters name names best favourite favorite computer parent problems problem class lunch dinner breakfast dreams dream future education health behaviour behavior time grades culture language'

export const CLASSES: Record<string, string> = {
  nouns: NOUNS,
  modal: "could should would might must may couldn't shouldn't wouldn't can't will won't",
  pronoun: 'i you he she it we they who',
  object: 'me him her us them it you',
  preposition:
    'in to with from of for at on into about by near inside outside over under after before without',
  determiner: 'the a an my your his her its our their this that these those every each some any no',
  be: "is are was were isn't aren't wasn't weren't am",
  comparative:
    'more less better worse rather bigger smaller older younger taller shorter faster slower easier harder higher lower greater larger longer stronger weaker richer poorer cheaper safer healthier happier earlier later further farther fewer smarter nicer colder warmer hotter other cleaner louder',
  adjective:
    'good bad nice hard easy big small old young late early fast slow hot cold expensive difficult important busy tired tall short long heavy dangerous loud sad happy scared high low strong weak far close much many few soon often little',
  ing: 'going doing getting trying coming making joking kidding looking taking talking wearing lying sitting standing using having being telling saying asking leaving staying playing walking driving thinking',
  verb: 'go be do get make have see take come play eat help know say tell buy find give keep learn live look meet pay read run sleep start stay stop study talk think travel try use visit wait walk want watch win work write become change speak show understand leave feel',
}

/** Order matters: the first that fits wins. */
export const PATTERNS = `
could|should|would|might|must|couldn't|shouldn't|wouldn't [of] !course|the|this|these|those|all|our|my|their|his|her > have
could|should|would|might|must not [of] !course|the > have
@preposition|lost|love|loved|use|used|do|did|help|have|left|all|save|change|spend|when|that|if|because|like|and [there] own|parents|house|houses|homes|families|family|friends|teachers|children|kids|lives|phones|phone|mother|father|clothes|jobs|heads|money|homework|mobile|opinion|opinions|future|computers|education > their
!over|in|out|up|down|from|and|go|there|was|were|is|are [there] own > their
[their] is|are|was|were|isn't|aren't|wasn't|weren't|has|have|will|would|must|should|might|may|can|seems|exists > there
over|in|out|up|down|been|go|went|live|lived|stay|stayed [their] $|and|but|because|so|when|i|he|she|we|they|it > there
@be|and|so|if|because|but|when|think|that|say|$ [their] going|not|always|very|so|just|really|trying|coming|getting|making|doing > they're
@be|and|so|if|because|but|when|think|that|say|$ [there] going|trying|coming|getting|making|doing|not|always > they're
[they're] house|parents|own|homes|friends|mother|father|family|families|teacher|teachers|children|kids|lives|phone|phones|clothes|jobs|heads|money|homework|opinion|opinions|dog|school|car > their
[they're] is|are|was|were > there
[your] going|welcome|not|a|an|the|so|very|really|just|always|never|doing|getting|trying|joking|kidding|lying|gonna|being|in|at|on|from > you're
if|when|because|that|think|know|hope|and|but|sure [your] @ing|right|wrong|late|sad|happy|tired|bored|hungry|old|young|good|bad|ready|able|interested|looking|sick|ill > you're
[you're] own|parents|house|homes|friends|friend|mother|mum|mom|dad|father|family|teacher|children|kids|life|phone|clothes|job|head|money|homework|opinion|dog|cat|school|car|name|room|mind|time|favourite|favorite|hair|eyes|body|letter|email > your
[it's] own|name|self|way|place|tail|head|eyes|mouth|legs|color|colour|size|mother|owner|population|inhabitants|history|citizens|surface|meaning|users|people|advantages|disadvantages|members > its
of|with|from|into|inside|near|lost|wagged|opened|reached [it's] !a|an|the|not|been|time|so|very|just|really|too|only|like|going|because|$|i|me|my|his|her|their|our|your|that > its
[its] a|an|the|not|my|his|your|their|going|getting|raining|snowing|been|because|also|okay|ok|impossible > it's
$|and|but|because|think|that|so|when|if|said|know|believe|thought|then|while|although|say [its] very|so|really|just|too|always|never|about|true|possible|only|still|probably|obvious|necessary|time|like > it's
$|and|but|because|think|that|so|when|if|said|know|believe|thought|then|while|although|say [its] hard|easy|important|better|nice|good|bad|cold|hot|fun|great|amazing|clear|boring|difficult|fine|late|dark|sunny|interesting $|to|that|for|because|when|if|and|but|in|at|we|i|you|here|outside|there > it's
[to] much|late > too
is|are|was|were|there|there's|there're|have|has|had|with|eat|ate|spend|spent|way|far|get|got|buy|make [to] many|few|often|little > too
is|was|are|were|it's|that's|be|am|i'm|looks|got|feel|felt|much|way|far [to] big|small|hard|expensive|difficult|tired|old|young|hot|cold|short|tall|dangerous|early|loud|scared|busy|easy|high|low|heavy|slow|fast|dark|bad|good|boring|sad|important|lazy|shy > too
!want|wants|wanted|ask|asked|told|tell|like|expect|expected|need|allow|allowed|help|for|teach|taught|let|forced|force|make|made|order|ordered|meant|supposed me|you [to] $ > too
want|wants|wanted|have|has|had|need|needs|needed|going|like|likes|liked|try|tried|how|love|loved|decided|started|able|went|came|used|hope|ready|time|forgot|begin|began [too|two] @verb > to
go|went|come|came|going|back|want|listen|listened|talk|talked|according|next|close|said [too] the|a|my|his|her|our|their|school|me|him|them|us|bed|work|this > to
[two] much|many|late > too
@comparative [then] !i|we|he|she|they|it|came|when|$|and|the|there|you|one|a|my > than
more|less|better|worse|rather|bigger|smaller|older|younger|taller|faster|easier|harder|higher|stronger|cheaper|healthier|safer|other|greater|larger [then] me|him|her|us|them|the|a|anything|anyone|ever|before|i|my|it|you|one|that|other|others|any|usual|people|he|she|we > than
and|since|until|but|just|by|first|back|right|even|what|so [than] i|we|he|she|they|it|you|the|there|my|one|suddenly|went|came > then
$ [than] i|we|he|she|they|suddenly > then
the|an|this|that|any|some|no|side|big|bad|good|great|negative|positive|huge|main|special|greenhouse|same|strong|real [affect] !on > effect
the|an|a|this|that|any|no|big|bad|good|great|negative|positive|huge|main|strong|real|direct [affect|affects] on|of > effect
side|special|negative|positive|harmful|bad|good|these|those|sound|two|its|many [affects] !@object|the|our|your|my|people|everyone > effects
will|can|could|may|might|would|does|not|doesn't|don't|didn't|also|really|greatly|to [effect] @object|people|our|your|my|their|the|everyone|children|students|your|his|how|others|society > affect
it|this|that|which|also|really|he|she|pollution|smoking|technology|weather [effects] @object|people|our|your|my|everyone|the|how|children|students|society > affects
has|have|had|was|were|is|are|been|be|badly|greatly|really|not|it|this|deeply [effected] by|me|him|her|us|them|our|my|the|people > affected
to|will|can|could|would|might|not|don't|didn't|doesn't|i|you|we|they|may|should|never|can't|won't [loose] weight|my|your|his|her|our|their|the|it|him|them|a|control|money|time|interest|touch|hope|everything|something|some|all|this|that|our|many|people|friends|focus|concentration|$ > lose
to|will|not|don't|didn't|never|can|would|might|could [loose] > lose
is|are|was|were|of|by|keep|kept|afraid|start|started|not|without|from|and|am [loosing] > losing
is|was|are|were|be|been|feel|felt|it's|that's|am|i'm|a|looks|seems|sounds|not [quiet] good|nice|big|small|easy|hard|difficult|often|different|important|happy|sad|expensive|interesting|similar|right|sure|long|well|clear|common|popular|boring|tired|scared|funny|a|old|young|cold|hot|far|strange|fun|simple|likely|famous|high|low|the|an > quite
[quiet] a|an|the|some|often|enough|sure|similar|difficult|different|interesting > quite
very|so|too|be|keep|really|stay|kept|was|is|and [quite] $|and|place|street|room|town|village|voice|person|girl|boy|child|area > quiet
a|the [quite] place|street|room|town|village|voice|person|girl|boy|child|area|life > quiet
we|they|you|i|who [where] going|so|not|very|happy|sad|late|playing|walking|at|in|on|all|just|there|really|having|scared|doing|looking|tired|talking|friends|both|able|still|only|waiting|living|watching|eating|running|hungry|sitting|about|too|being|a|the|lost|together|allowed|supposed|trying|young|little|bored|excited|surprised|afraid > were
there [where] no|many|some|lots|a|two|three|four|people|only|not|so|also|other > were
know|knew|knows|wonder|remember|forgot|place|places|country|city|town|park|school|room|house|village|somewhere|see|ask|asked|area|point|situation|restaurant [were] i|he|she|you|they|the|it|people|my|your|we|there > where
$ [were] is|do|did|does|has|can > where
@nouns|know|ask|asked|about|and|wonder|person|man|woman|boy|girl|someone|people|one|student|$ [whose] going|not|the|a|been|there|in|at|on|coming|always|very|your|my > who's
[who's] fault|turn|idea|idea|house|car|book|dog|phone|name|names|job|parents|mother|father|children|bag|side|lives|life > whose
to|will|can|don't|didn't|could|might|would|not|may|he|she|they|i|may [brake] down|up|the|my|his|her|our|their|into|it|a|in|free|out|through|rules|records > break
lunch|summer|spring|winter|a|tea|coffee|christmas|short|long|little|quick [brake] $|and|i|we|time|to|at|from|because|is|was|from > break
hand|foot|emergency|the|car|front|rear [break] pedal|pads|fluid|lights > brake
school|vice|deputy [principle] of|said|told|asked|called|$|came|mr|mrs|who|wants|gave|and|is|was > principal
the|our|my|new|dear [principle] said|told|asked|called|came|mr|mrs|who|wants|gave > principal
in|a|on|of|basic|moral|this|his|her|first [principal] $ > principle
basic|moral|my|his|her|same|general [principals] of|that|$|and > principles
some|good|an|any|your|my|his|her|the|best|piece|this|bad|more|give|gave|for|great|little|their [advise] $|is|was|to|for|from|about|i|on|and|that|would|of|because|you > advice
would|i|we|to|will|can|strongly|could|should|they|must [advice] you|him|her|them|people|everyone|us|me|against|parents|students > advise
to|will|can|must|should|could|i|we|they|you|would|don't|did|didn't|always|let's [practice] my|your|his|her|our|their|more|every|the|it|for|football|english|speaking|sport|sports|with|a|at|hard|reading|playing|what|yoga > practise @gb
football|piano|a|the|good|some|need|more|in|of|band|choir|daily|makes|with|sports|soccer|our|my [practise] $|is|was|and|makes|at|in|session|sessions|test|tests|for|time > practice @gb
to|not|will|can|could|must|should|i|we|they|please|don't|didn't|and|would [except] your|my|the|his|her|our|their|it|this|that|you|me|him|them|us|him|invitation|a|an|each|people|others > accept
everyone|everything|everybody|anything|nothing|all|every|day|anyone|nobody|no|one|ones|people|any [accept] for|me|him|her|us|the|my|one|that|when|you|sunday|on|them|a > except
walked|drove|went|ran|walk|ran|run|goes|go|flew|rushed|going|get|got|just [passed] a|the|my|me|him|her|them|it|us|his|our|us|your > past
in|the|our|his|her|my|their|distant|this|half|quarter|recent|about|from [passed] $|and|was|is|were|but|people|i|we|it|years|year|few|week|month|two|three|five|ten|eight|six|seven|nine|century|weekend|days > past
has|have|had|i|he|she|we|time|they|you|years|days|hours|weeks|finally|quickly|not [past] the|my|away|by|me|his|her|all|out|an|it > passed
know|ask|asked|wonder|decide|of|on|sure|about|not|matter|see|choose|if|wondering|doubt|check|question|tell [weather] or|to|it|i|we|he|she|they|you|the|people|there|this|that|my|your > whether
$ [weather] or|you|we|they|i > whether
good|bad|nice|cold|hot|the|warm|sunny|rainy|terrible|beautiful|lovely|wet|our|stormy [whether] is|was|forecast|will|$|and|in|outside|changed|here|so|conditions > weather
will|i|would|should|is|are|can|you|we|they|it's|could|must|i'll|that's|most|am|i'd [defiantly] > definitely
come|live|lived|right|over|be|is|was|are|from|around|been|here|stay|get|moved|came|out|down|up [hear] $|and|to|in|for|because|i|it|since|we|you|they|with|at|when|tomorrow|today|now|is > here
can|to|could|will|i|we|you|did|never|not|they|can't|couldn't|didn't|just|ever|and [here] the|a|about|that|you|from|your|him|her|me|it|them|my|what|music|anything|nothing|something|someone|noises|voices|people|his|any > hear
i|don't|you|we|they|didn't|to|not|do|did|doesn't|everybody|everyone|people|should|would [no] how|what|that|who|where|why|if|when|about|him|her|it|them|anything|it's|everything|i|he|she > know
i|don't|didn't|to|doesn't|not [now] how|what|who|why|him|them|anything|each > know
i|he|she|we|they|you|never|always|who [new] that|how|what|it|he|she|i|who|where|why|him|her|them|it's|about|everything|we|they|the > knew
a|the|my|our|this|his|her|your|any|some [knew] car|house|school|phone|friend|friends|year|one|game|life|computer|teacher|job|book|bike|way|student|boy|girl|bag|idea|ideas|things|shoes|clothes|town|place|film|movie > new
a|the|one|this|that|small|little|big|every|last|each|some|two [peace] of|pieces > piece
world|in|for|inner|make|wants|want|bring|of [piece] $|and|on|in|between|treaty|with|mind > peace
last|next|this|every|each|a|one|per|the|that|past|whole|two|three|couple|few|twice [weak|weaks] $|ago|i|we|later|end|and|before|after|he|she|they|my|in|at|is|was|of|because|there|on > week
feel|felt|very|too|so|was|were|am|is|feeling|really|are|get|got [week] $|and|because|after|in|that|to|but|i > weak
was|were|is|are|be|been|not|am|i'm|aren't|isn't|wasn't|weren't|get|being [aloud] to|in|on|at|because|phones|out|inside|outside > allowed
for|chocolate|delicious|dinner|our|favourite|favorite|ice|my|sweet|some|a [desert] $|was|is|and|after|because|i|we > dessert
i|it|you|we|they|he|she|what|this|that|who|there|people|which [wood] be|have|like|not|go|do|say|never|love|make|get|help|you|also|always|take|want > would
all|you're|that's|is|was|not|the|its|are|turn|turned|be [write] $|way|and|now|side|hand|thing|answer|here|there|time|place > right
to|will|can|i|you|could|we|must|should|let's|please|don't [right] a|an|about|to|letters|stories|my|down|in|on|essays|poems|songs|it|this|an > write
the|a|my|this|his|her|our|their|your|whole [hole] world|time|day|life|thing|school|class|family|week|year|night|summer|country|story|book|weekend|house|group|team|morning|way|town|city|place|body|page|lot|afternoon > whole
to|can|can't|couldn't|could|not|cannot|hardly|and|don't|i|we|barely [breath] $|in|and|because|properly|underwater|air|the|anymore|under|through|fresh|well|out|deeply|normally|clean|again > breathe
a|deep|my|his|her|out|last|one|of|your|bad [breathe] $|of|and|away|was|i|in|before|for > breath
my|his|her|their|your|new|some|nice|wear|wearing|of|our|buy|different|clean|dirty|old|warm|wet|school|these|those|expensive|fashionable|the|wore [cloths] $|and|are|were|shop|store|i|in|to|on|because|for|from|that|off|which|is|was > clothes
to|i|will|can|let's|we|could|would|nice|and|you|us|should|going|they [meat] my|me|him|her|them|you|new|people|our|friends|up|at|someone|with|his|us|again|in > meet
to|can|could|will|i|we|you|let's|never|they|not|can't|didn't|and|would|i'll [sea] you|the|a|it|what|him|her|them|that|my|if|how|me|any|your|his|their|something > see
by|in|to|of|on|into|near|from|at|under|across the [see] $|side|level|shore|sand|water|creatures|animals|and|was|is|with > sea
deep|blue|north|south|open|calm|rough [see] $|side|level|shore|sand|water|creatures|animals|and|was > sea
up|down|on|climbed|climb|fell the [stares] $|and|to|very|i|he|she|was|were|because > stairs
a|the|my|his|her [hart] attack|attacks|rate|beat|disease|problems > heart
my|his|her|your|our|their [hart] $|and|is|was|stopped|beat|with|to > heart
have|has|had|spent [diner] $|and|with|at|together|i|we|in > dinner
for [diner] > dinner
i|we|he|she|they|you|and|have|had|has [fort] bravely|hard|against|with|for|back|about|the > fought
in|the|our|a|my|football|rugby|basketball|best|whole|which|his|her|their [teem] $|and|won|lost|was|is|of|for|mates|members|leader|work > team
not|so|am|i'm|are|pretty|quite|really|for|make|be|was [shore] $|if|that|about|what|why|how|i|of|you > sure
the [mane] character|characters|idea|reason|problem|point|thing|road|street|part|entrance > main
my|his|her|their|our|our|all [lifes|live] $ > lives
i|we|he|she|they|and|have|had [rote] a|it|the|my|to|down|in|about|his|her|that > wrote
a|the|big|blue|killer|huge|baby|humpback [wale|wales] $|and|was|is|in|that|swam|jumped > whale
tow|two|three|some|the|big|many [waives] $|and|were|are|crashed|was > waves
i [hop] that|you|we|to|it|he|she|they|i|so|this|my > hope
i|we|he|she|they|just|have|never|ever|only|then|have|had|finally [meat] a|my|the|him|her|them|someone > met
saw|at|the|some|many|of|two|three [moneys] $|and|in|were|are|climbing|playing > monkeys
to|at|on|near|of|sandy|beautiful [beech] $|and|with|because|for|in|we|i|every > beach
the [beech] $|and|with|because|for|we|i > beach
last|next|this|in|the|every|hot|during|all [sumer] > summer
ever|known|friends|her|him|here|there [sins] i|we|he|she|they|then > since
went|go|came|come|lived|live|stay|stayed|drove|sit|stand|walk|walked|be|been|was|were|are|is|get|got|arrived|move|moved|travel|travelled [their] $|and|because|i|we|he|she|they|it|by|for|with|when|again > there
could|should|would|must|i|we|they|you|to|can|might|never|people [loose] the|my|your|his|her|our|their|weight|contact|control|time|money|hope > lose
the|a|my|our|this|his|new|your|mobile|small|electronic|useful|digital|any [devise] $|and|is|was|that|to|for|in|with > device
some|many|few|lots|thousand|million|black|young|old|other|most [peoples] $|think|say|are|have|who|believe|want|like|in|that|do|don't|can|will|should > people
i|we|he|she|it|they|nearly|almost|could|have|has|had|have [dyed] of|from|in|when|last > died
he|she|i|we|they|and|then|who [rod] his|her|my|a|the|our|their|on|home|away|to|bikes > rode
you|i|we|they|people|he|she|everybody|everyone|it [most] be|do|go|have|take|not|try|see|visit|eat|tell|say|make|taste|learn|study > must
half|for|an|one|about|every|each|per|happy [our|ours] $|later|and|ago|to|because|before|long|from|we|i > hour
[are] own > our
@preposition|and|all|see|love|do|finished|had|ate|left|packed|took|help [are] house|parents|teacher|friends|school|family|dog|car|class|lunch|home|homework|bags|country|lives|money|planet|mum|mom|dad|food|team|way|room|holiday|clothes|environment|town > our
[our] going|not|playing|talking|walking|doing|having|very > are
waste|spend|lose|to|the|a|his|her|my|of|in|big [waist] of|time|money|my|your|our|paper|food|it > waste
$|a|complete|big|total [waist] of > waste
the|a|my|their|his|her|main|rolled|and [role] over|down|up > roll
i|he|she|we|you|they|to|will|not|can|don't|and|people [thing] that|it|it's|about|so|of|i|he|she|we|they|you|this|the|my|is|people > think
i [thing|thin] it|that|about|it's|we|he|she|they|you|i|so|this|the|my > think
came|come|coming|away|back|far|different|letter|got|get|suffer|home|learn|comes|message|went|email|present|i'm|am|out|heard|free|live|moved|is|are|was|learned|people|call|made|learnt [form] the|a|my|me|him|her|them|you|us|his|our|school|home|here|there|your|other|their|england|america|each|this|that|work|one|london|all|what > from
the|a|this|application|fill|order|consent|same|another|in|an|sixth|different|art [from] of|filled > form
to|and|will|can|should|could|please|must|be|keep|feel|stay|not|is|are|very|more [save] and|place|environment|from|here|there|$ > safe
since|make|makes|made|no|common|any|of|sense|good|more|complete|perfect [since] $|of|to|because|that|and|at > sense
ever|years|ago|long|born|lived|friends|been [sense] i|then|the|we|he|she|last|my|they|it|childhood > since
i|have|he|we|never|she|they|had|has|you [herd] that|about|a|the|him|her|it|of|someone|something|from|my|them|voices|noises > heard
my|the|our|his|her|your|their|in|a|dear|keep [dairy] $|entry|every|dear|and|i|about|for|is|was|today > diary
an|the|like|little|guardian|beautiful|my [angle] $|from|wings|in|who|said|called > angel
i|he|she|we|they|you|have|had|has|just|who|finally|our|team|never|always|has [one] the > won
i've|he's|she's|we've|you've|they've|have|has|had|not|never|ever|haven't|hasn't [being] to|there|waiting|in|living|learning|studying|here|playing|working|told|given|a|able|going|raining|happy|very|so|friends > been
i|he|she|we|they|you|have|had|has|where|it [bean] to|there|waiting|in|living|a|very|so|going|able|the|at|on|playing|doing|working > been
walked|went|ran|go|going|walk|run|walking|running|looked|looking|came|come|climbed|got|get|drove|flew|jumped|pass|passed|all|fell|swam|way|travel|travelled|look|been|broke|rode|put|live|crawled [threw] > through
i|you|we|they|people|teachers|parents|should|to|can|we|not|don't|could [tech] me|us|children|students|them|kids|people > teach
i|he|she|we|they|you|it [fell] very|like|so|sad|happy|good|bad|better|tired|hungry|sick|that|really|nervous|ill|great|scared > feel
want|wants|wanted|going|need|needs|have|has|had|like|likes|money|went|go|try|able|love|decided to [by] a|an|some|new|food|clothes|something|one|ice|anything|more|presents|it|things|the|my|his|her|them|that > buy
you|we|i|they can|could [by] !the|its|no|now|law|far|any|all|then|definition|email|phone|post|contrast|itself|himself|themselves|using|doing|being|$ > buy
can|will|could|should|must|let's|i'll|we'll [by] a|an|some|new|food|clothes|something|one|things|ice|presents|it > buy
be|was|were|is|are|more|very|so|too|really|extremely [carful] > careful
last|this|every|one|that|the|all [knight|nite] $|i|we|he|she|before|and|when|it|at|the|time > night
a|the|this|that|on|his|her|my|her|two|of [buy] the > by
[their|there|they're] self|selves > themselves
at|the|very|last|lest|not [lest] $|one|two|three|once|a|i|that > least
at [less|lease|lest] one|two|three|once|$|a|i > least
for|the|my|your|his|of|this|that|her|our|what|no|good|main|another [raisin|raison] $|is|why|for|that|was|i > reason
an|a [hole] lot > whole
it [dose|does'nt] not|n't > does
[dose] not|it|he|she|the|this|that|anyone|anybody|everyone > does
he|she|it|this|that|what|how|who|which|where|why|also [dose] not|it|he|she|the|this|have|make|to|she|everything|everything|a|do|mean > does
would|could|can|to|don't|will|i|we|you|should|must|please|people|not [were] a|uniform|uniforms|jeans|clothes|shoes|glasses|trousers|dresses|masks|school > wear
to|can|should|must|we|don't|will|not|have|could [where] a|uniform|uniforms|jeans|clothes|shoes|glasses|trousers|dresses|masks|school|what > wear
some|any|no|every|have|had|long|short|curly|brown|blonde|black|blond|dark|her|his|my|your|red|blue|fair|straight|cut|brush [hare] $|and|is|was|cut|color|colour|in|style > hair
son|daughter|and|they|we|he|she|i|who|which [past] away > passed
to|too|very|so|much [allot] of|more|about|$ > a lot
[allot] of > a lot
[alter] boy > altar
at|the|in|of|her|front [alter] $ > altar
bored|board|made|on|diving|black|white|skate|surf|school|notice|chess [bored] game|games|member > board
so|very|get|got|was|were|am|are|is|really|i'm|feel|felt|be|too|getting [board] $|and|of|with|because|in|so|at|when|i|to > bored
to|the|a|on|in|by|my|his|her|our|of|this|that|down|along [rode] $|and|to|was|is|in|home > road
to|the|and|he|she|i|we|it|they [steel] a|the|my|his|her|money|things|from|it|food|cars|something > steal
lose|loose|gain|put|my|your|his|her|losing|of|losing|in|extra [wait] $|and|loss|on|by|because|is|was > weight
can't|to|please|have|had|i|we|you|couldn't|cannot|and|don't [weight] for|until|to|here|there|in|till > wait
the|a|my|his|her|your|good|bad|fairy [tail|tails] of > tale
fairy|folk [tail|tails] > tale
a|an|by|the|in|on|our|my|from|first|this|their [plain] ticket|tickets|crash|crashed|landed|took|leaves|flight > plane
`

/** Sets judged by the pairs in books when no pattern speaks. */
export const SETS = `
quiet quite
than then
weather whether
lose loose
brake break
accept except
affect effect
form from
week weak
peace piece
whole hole
desert dessert
breath breathe
clothes cloths
advice advise
principal principle
angel angle
diary dairy
sea see
meet meat
threw through
past passed
were where
thing think
new knew
hear here
write right
wait weight
waste waist
tale tail
whose who's
lead led
cite site sight
compliment complement
stationary stationery
role roll
board bored
steal steel
though through thought
thorough through
`
