/** What an invented essay is about: each word of a template in braces is filled from here. */
export interface Theme {
  title: string[]
  idea: string[]
  good: string[]
  bad: string[]
  place: string[]
}

export const themes: readonly Theme[] = [
  {
    title: ['Should our school day start later?', 'Another hour of sleep', 'The bell that rings too soon'],
    idea: ['a later start', 'starting at a quarter to ten', 'a longer morning', 'moving the first bell'],
    good: ['an hour of sleep', 'a proper breakfast', 'a calm journey', 'a clear head', 'better marks'],
    bad: [
      'a dark journey home',
      'less time for sport',
      'an empty house',
      'a late supper',
      'trouble with buses',
    ],
    place: ['at the bus stop', 'in the first lesson', 'in the quiet corridor', 'at the breakfast table'],
  },
  {
    title: ['Phones in school: yes or no?', 'Leave it in your locker', 'A day without a screen'],
    idea: ['a ban on phones', 'a day without phones', 'keeping phones in lockers', 'the new phone rule'],
    good: ['real conversation', 'fewer arguments', 'a quiet lesson', 'a game of football', 'peace of mind'],
    bad: ['a lost lift home', 'worried parents', 'a long queue for lockers', 'more rules', 'secret messages'],
    place: ['in the canteen', 'behind the sports hall', 'in the library', 'on the way to school'],
  },
  {
    title: ['Is homework a waste of time?', 'The kitchen table at nine o’clock', 'Homework on trial'],
    idea: ['giving up homework', 'a week without homework', 'shorter homework', 'a homework club'],
    good: ['a free evening', 'time with the family', 'more reading', 'a night of sleep', 'a chance to rest'],
    bad: ['less practice', 'a shock before the exams', 'an evening on the sofa', 'forgotten vocabulary'],
    place: ['at the kitchen table', 'on the last bus', 'in my bedroom', 'in the study room'],
  },
  {
    title: ['Should we plant a wood on the playing field?', 'Twenty oaks and a bench', 'Room for trees'],
    idea: ['planting a small wood', 'the school garden', 'giving up one pitch', 'a pond behind the gym'],
    good: ['shade in summer', 'a place to sit', 'birdsong', 'clean air', 'something to look after'],
    bad: ['fewer goals', 'muddy shoes', 'work for the caretaker', 'leaves in the drains', 'a bill of £900'],
    place: ['on the playing field', 'beside the old wall', 'under the chestnut tree', 'at the far gate'],
  },
]

export const fillers = {
  who: [
    'my mother',
    'our tutor',
    'the caretaker',
    'my older sister',
    'a girl in my form',
    'my uncle',
    'the coach',
  ],
  group: [
    'most students',
    'many parents',
    'our teachers',
    'the younger pupils',
    'people in my year',
    'the governors',
  ],
  when: [
    'last winter',
    'on Monday',
    'two years ago',
    'during the summer term',
    'before the exams',
    'in November',
  ],
  feeling: [
    'surprised',
    'worried',
    'relieved',
    'doubtful',
    'delighted',
    'a little ashamed',
    'hopeful',
    'annoyed',
  ],
  number: ['three', 'seven', 'a dozen', 'twenty-eight', 'nearly forty', 'more than fifty', 'about ninety'],
  object: [
    'a bicycle',
    'an umbrella',
    'a maths book',
    'a violin',
    'a cup of tea',
    'a wet coat',
    'a football',
  ],
  adverb: ['quietly', 'honestly', 'suddenly', 'usually', 'slowly', 'carefully', 'certainly', 'probably'],
} as const

/** The parts of an argument, in the order in which an essay goes through them. */
export const parts: readonly (readonly string[])[] = [
  [
    'Everybody at our school has an opinion about {idea}, and this is mine.',
    'When {who} first told me about {idea}, I was {feeling}.',
    'The question of {idea} has divided our school for longer than anyone admits.',
    'If you want to know why {idea} matters, spend ten minutes {place}.',
    'There are {number} reasons to write about {idea}, but I will keep to the most important ones.',
    'For years nobody talked about {idea}, and now {group} talk about nothing else.',
    'I did not expect to change my mind about {idea}, but I have.',
    'The governors have asked us what we think of {idea}, so here is an honest answer.',
  ],
  [
    'The strongest reason is simple: we would gain {good}.',
    'First of all, {group} need {good} far more than they admit.',
    'What {group} really want is {good}, and {idea} would give it to them.',
    'Nobody can learn well without {good}.',
    'I believe that {good} is worth more than any new building.',
    'Scientists have written about this for a long time, and {group} have {adverb} ignored it.',
    'It is not a luxury to ask for {good}; it is common sense.',
    'With {good}, even the dullest afternoon becomes easier.',
    'There is also the matter of money, because {good} costs almost nothing.',
    'Think of what {number} students could do with {good}.',
  ],
  [
    '{when}, {who} stood {place} with {object} and said that something had to change.',
    'I remember standing {place} beside {who}, and both of us were {feeling}.',
    'I counted {number} people {place} and not one of them was smiling.',
    'My neighbour, who has worked as a nurse for thirty years, was {feeling} when I described it.',
    '{who} used to carry {object} to school each day and never once complained.',
    'We tried it for a week {when}, and {group} were {feeling}.',
    'At the café on the corner you can hear {group} talking about it every afternoon.',
    'In my own family the subject comes up {place}, usually between two mouthfuls.',
    'A friend from another town told me that {idea} had worked there without any trouble.',
    'Once, {place}, I found {object} that somebody had forgotten in a hurry.',
    'By the end of the month {number} students had {adverb} asked for the same thing.',
    'It began to rain, {who} opened the door, and for a moment nobody spoke.',
  ],
  [
    'Of course, there are people who disagree, and they have a point.',
    'The other side says that {idea} would bring {bad}.',
    'I understand why {group} are afraid of {bad}.',
    'Some of my friends {adverb} believe that {bad} is too high a price.',
    'It would be foolish to pretend that {bad} does not matter.',
    '{who} asked me what I would say about {bad}, and at first I had no answer.',
    'Against all this, one serious objection remains, and that is {bad}.',
  ],
  [
    'However, a problem is not the same thing as a reason to do nothing.',
    'My answer is that {bad} can be avoided if {group} plan ahead.',
    'We could begin with one term and then compare the results.',
    'A small change to the timetable would {adverb} take care of that.',
    'Besides, {bad} is what we have already, and nobody has written an article about it.',
    'If {number} families can manage it, so can the rest of us.',
    'When I explained this {place}, even {who} was {feeling}.',
    'The library could stay open, and {who} has offered to help.',
    'Other schools have solved the same difficulty with nothing more than a list and a key.',
  ],
  [
    'For all these reasons I am in favour of {idea}.',
    'I hope that the governors will listen, because {good} should not depend on luck.',
    'Perhaps in ten years we will wonder why {idea} was ever a question.',
    'In the end it is a choice between {good} and {bad}, and I know which I would choose.',
    'Let us try it, and let us be honest about what we find.',
    'Until then you will find me {place}, waiting with {object}.',
    'To sum up, {idea} would not solve everything, but it would be a beginning.',
  ],
]
