/**
 * Invented paragraphs of pupils of about thirteen on whether phones belong in school.
 * `{written|kind|suggestion, suggestion}` is a finding, `[written|rule|message|suggestion]` a hint; one inside
 * the other is not needed here, overlaps have tests of their own.
 */
export const openings = [
  `At our school the phones go into a grey pouch at nine o'clock and nobody sees them again {untill|non-word|until, unit} half past three. I was against it at the beginning, because I thought it was one more rule made by people who do not remember what a break feels like. Now I am not so sure.`,
  `Every {mornning|non-word|morning, mourning} I see the same thing at the bus stop. Eleven people stand in a row, eleven heads look down, and no one says hello. Is that {realy|non-word|really, rely, relay} the phone's fault? I {beleive|non-word|believe, relieve} it is only half of the story, and I will try to explain the other half.`,
  `In my opinion phones should be allowed in school, but not in every lesson and not in every year. My reason is simple: a phone is a tool, and {your|confusable|you're} never going to learn how to use a tool if it lies in a locker all day.`,
  `Last {wensday|non-word|Wednesday, Wendy} our teacher Mr {Okonjo|name|} asked us to put our phones on the table and to count how {offen|non-word|often, offend} they lit up in one lesson. Mine lit up twenty-three times. Nobody in the class had less than nine.`,
  `Some people say that phones make us stupid. Others say that schools {wich|non-word|which, witch, rich} forbid them live in the past. I have listened to both sides in our debating club, and I [has|agreement|The verb should agree with “I”.|have] changed my mind twice already.`,
  `My grandmother went to school without a calculator, my mother went without the internet, and I am supposed to go without a phone. {Alot|joined|A lot} has changed in {there|confusable|their} lives since then. The question is what school is for, and whether a phone helps with it.`,
]

export const arguments_ = [
  `First of all, a phone is the {quikest|non-word|quickest, quietest} dictionary I have. When we read a poem in English and I do not {no|confusable|know} a word, I can look it up before the lesson has moved on. Without it I would have to raise my hand, and to be honest I [would of|would-have|Did you mean “would have”?|would have] stayed quiet.`,
  `However, the same phone that has the dictionary also has everything else. You open it for one word, and ten minutes {latter|confusable|later} you are watching a dog on a skateboard. I know that because it {happend|non-word|happened, happens} to me in geography, and I missed the whole part about rivers.`,
  `There is also the {arguement|non-word|argument, arguments} about safety. My parents want to {no|confusable|know} where I am, and when the bus does not come I have to call someone. A phone that is switched off in a bag does not {disterb|non-word|disturb, distort} anybody, so I do not {under stand|split|understand} why it has to be collected.`,
  `Secondly, not everyone has the same phone. In our class there are people with a new one every year and people whose phone has a broken screen. When phones are on the tables, {every body|split|everybody} can see that. When they are in the pouch, it does not matter, and I think that is [a|a-an|Use “an” before a vowel sound.|an] important point which is {definately|non-word|definitely, defiantly} forgotten.`,
  `On the other hand, teachers use the phones too. Ms {Hallström|name|} let us film our {experement|non-word|experiment, experiments} in science, and afterwards we could see exactly when the liquid changed its colour. That was one of the best lessons of the year, {becuase|non-word|because, became} we could do it again and again, {untill|non-word|until, unit} everyone had understood it.`,
  `The school of my cousin in {Norwich|name|} made a rule last year. In years seven to nine the phones stay in the locker, and from year ten on you may have it in your bag. She says that the younger ones complained for two weeks and then {stoped|non-word|stopped, stooped} talking about it. In the breaks they play football again, or cards, [or or|repeated-word|The word “or” stands twice.|or] they just talk.`,
  `What I find most {intresting|non-word|interesting, interning} is that nobody asks us. The rule was {desided|non-word|decided, derided} by a group of adults in a room, and {than|confusable|then} we got a letter. If we had been asked we might have chosen the same rule, but it would {of|confusable|have} been our rule. People keep the promises they have made themselves.`,
  `Phones are {espesially|non-word|especially, specially} bad in the breaks. A break is the time when you are {suposed|non-word|supposed, opposed} to move and to meet people who are not in your class. [Its|its-it-s|Did you mean “it's”?|It's] strange to sit next to your friend and to write her a message {in stead|split|instead} of saying it.`,
  `A study we read in class compared schools with and without a ban. The marks were not very {diffrent|non-word|different, deferent}, but the pupils who slept badly slept a little better. Therefore I think that {peoples|non-word|people's, people} expectations are too high on both sides: a ban does not make anyone clever, and a phone does not make anyone stupid.`,
  `There was a day in spring when the network did not work. At first everybody was {embarassed|non-word|embarrassed, embarrasses} because we did not know what to do with our hands. After lunch it was as loud as on the last day before the holidays. {Noone|joined|No one} wanted to go back in when the bell rang.`,
]

export const endings = [
  `To sum up, I would keep the pouch for the lessons and give the phones back at lunch. That way {noone|joined|no one} has to be bored on the bus, and the teachers {recieve|non-word|receive, relieve} the attention they ask for. It is not a perfect rule, but it is one that both sides can live with.`,
  `In conclusion, a phone is neither a friend nor an enemy. It depends on what you do with it, and learning that takes time, mistakes and someone who tells you when it is {to|confusable|too} much. School could be the place for it. It would be a pity to leave that to {advertisments|non-word|advertisements, advertisement}.`,
  `For these reasons I am for a rule which grows with us. Year seven needs a {diffrent|non-word|different, deferent} one than year eleven. And please, ask us before you write the next letter.`,
  `So my answer is yes, but. Yes, because we {allready|non-word|already, allergy} live with them; but with clear times, clear places and a teacher who keeps to the same rule. Mr {Okonjo|name|} put his phone into the pouch as well, and {thats|non-word|that's, chats} when most of us stopped complaining.`,
  `I do not know whether I am right. I only know that I talked more to Priya in the three weeks of the pouch than in the whole year before, and that I would not want to give that back.`,
]

export const fileStems = [
  'maria-final',
  'Jonas K',
  'essay_priya',
  'Tom Ashworth 8B',
  'ELIF phones',
  'charlotte (2)',
  'Ben',
  'ayesha-khan-essay',
  'phones in school – Oskar',
  'Document1',
  'Freya',
  'noah_m',
  'Zuzanna Wójcik',
  'liam',
  'sofia english hw',
  'Amir',
  'Grace O’Neill',
  'essay final FINAL',
  'Hugo',
  'Ines',
  'jack t',
  'Leila',
  'Max Weber 8b',
  'scan 0017',
  'Yusuf',
  'Beatriz',
  'Daniel',
  'kofi',
  'Niamh',
  'tariq phones',
  'Emma-Lou',
]
