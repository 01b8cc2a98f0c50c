// Rule: forms that a list or a dictionary may hold but that on a pupil's page stand for another word.
// From: our own judgement of what pupils mean; none is accepted or offered, the right word is put first,
// or with `-` leaves the order to ranking.
// Does not promise: to be long; ranking finds most slips by itself.

const SLIPS = `
calender calendar
cant can't
wont won't
dont don't
didnt didn't
doesnt doesn't
isnt isn't
wasnt wasn't
im i'm
ive i've
arent aren't
havent haven't
hasnt hasn't
shouldnt shouldn't
couldnt couldn't
wouldnt wouldn't
theyre they're
youre you're
thats that's
whats what's
aint ain't
loosing losing
wether -
thier their
hte the
teh the
adn and
untill until
nickle nickel
payed paid
lief -
conquerer conqueror
propellor propeller
liquify liquefy
useable usable
miniscule minuscule
supercede supersede
accidently accidentally
publically publicly
dieing dying
sherif sheriff
stroy -
irregardless regardless
teached taught
catched caught
buyed bought
runned ran
growed grew
hurted hurt
creeped crept
barbeque barbecue
hisself himself
theirselves themselves
ect etc
thru through
tho though
gasses gases
dependance dependence
independance independence
existance existence
concious conscious
truely truly
wich -
tought -
beleive believe
belive believe
alot a lot
atleast at least
aswell as well
eachother each other
everytime every time
incase in case
infact in fact
infront in front
noone no one
thankyou thank you
definatly definitely
definatley definitely
defiantely definitely
defenitely definitely
licenced licensed
licencing licensing
preceed precede
sence sense
maintance maintenance
firey fiery
pronounciation pronunciation
peoples' people's
swimed swam
drived drove
writed wrote
speaked spoke
thinked thought
bringed brought
eated ate
goed went
maked made
taked took
falled fell
feeled felt
sended sent
losed lost
winned won
keeped kept
sleeped slept
finded found
choosed chose
forgetted forgot
informations information
advices advice
furnitures furniture
homeworks homework
equipments equipment
knowledges knowledge
`

const slips = new Map(
  SLIPS.trim()
    .split('\n')
    .map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
)

/** Slip to meant word or words, small letters. */
export const readSlips = (): ReadonlyMap<string, string> => slips
