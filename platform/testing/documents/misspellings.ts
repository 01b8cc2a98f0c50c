import type { Random } from './random.ts'

// How students of fifteen write these words when they write them wrongly; most of them seen again and again.
const common: Record<string, string> = {
  about: 'abuot',
  afraid: 'affraid',
  afternoon: 'afternon',
  answer: 'anser',
  argument: 'arguement',
  asked: 'askt',
  because: 'becuase',
  become: 'becom',
  before: 'befor',
  begin: 'beggin',
  beginning: 'begining',
  believe: 'beleive',
  breakfast: 'brekfast',
  building: 'bilding',
  carefully: 'carefuly',
  certainly: 'certainley',
  conversation: 'conversasion',
  different: 'diffrent',
  difficulty: 'dificulty',
  disagree: 'dissagree',
  everybody: 'evrybody',
  exams: 'examms',
  families: 'familys',
  friend: 'freind',
  friends: 'freinds',
  honest: 'onest',
  important: 'importent',
  journey: 'journy',
  library: 'libary',
  money: 'mony',
  neighbour: 'nieghbour',
  nobody: 'noboddy',
  opinion: 'oppinion',
  parents: 'parants',
  people: 'peopel',
  perhaps: 'perhabs',
  probably: 'probly',
  question: 'qestion',
  quietly: 'quitely',
  really: 'realy',
  reason: 'reson',
  reasons: 'resons',
  remember: 'rember',
  school: 'scool',
  schools: 'scools',
  serious: 'sirious',
  something: 'somthing',
  strongest: 'strongist',
  students: 'studants',
  suddenly: 'suddenley',
  surprised: 'suprised',
  teachers: 'teechers',
  timetable: 'timtable',
  tomorrow: 'tommorow',
  trouble: 'truble',
  until: 'untill',
  usually: 'usualy',
  which: 'wich',
  would: 'woud',
  writing: 'writting',
  written: 'writen',
}

/** The word written wrongly; null when it is too short for a mistake that a reader would see. */
export function misspell(word: string, random: Random): string | null {
  const known = common[word.toLowerCase()]
  if (known) return /^[A-Z]/.test(word) ? known[0]!.toUpperCase() + known.slice(1) : known
  if (!/^[A-Za-z][a-z]{5,}$/.test(word)) return null
  const doubled = /(.)\1/.exec(word)
  if (doubled) return word.slice(0, doubled.index) + word.slice(doubled.index + 1)
  const place = 2 + random.below(word.length - 4)
  const left = word.slice(0, place)
  if (random.next() < 0.5 && word[place] !== word[place + 1]) {
    return `${left}${word[place + 1]}${word[place]}${word.slice(place + 2)}`
  }
  return left + word.slice(place + 1)
}
