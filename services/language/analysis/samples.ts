// Correct English written for tests and benchmarks: essays and single sentences that tempt a grammar checker.
// All of it is ours. Every hint on any of it is a false alarm.
// Does not promise to be typical: the sentences were chosen to be hard.

/** Six pieces of about 200 to 330 words, as a class might write them at its best. */
export const CLEAN_ESSAYS: readonly string[] = [
  `The Day the River Came In

It had rained for nine days before anyone said the word “flood”. We live at the bottom of Mill Lane, where the road turns to follow the river, and my grandmother has always kept a row of sandbags behind the shed. “You laugh now,” she used to say, “but the river has a longer memory than you have.”

On the Tuesday we were sent home from school at noon. The bus could not get past the bridge, so the driver, Mr. Okafor, walked the last half mile with us. The water was the colour of tea. It didn't roar, as I had expected; it simply arrived, an inch at a time, over the kerb, across the lawn and under the front door.

We carried everything we could to the first floor. My brother rescued the television, my mother her sewing machine, and I took the photographs. When there was nothing left to carry, we sat on the stairs and counted the steps that were still dry. There were eleven, then nine, then seven. Then, a little after midnight, there were eight.

What I remember best isn't the mess, although it took us two months to clean. It's the neighbours. People who had hardly spoken for years shared soup, blankets and a generator. Mrs. Hale from number four, who is ninety-one, taught half the street to play whist by candlelight. The river took our carpet and our piano, but it gave us our street, and I would not swap it back.`,

  `Should Schools Start Later?

Most teenagers in this country get up before seven. Many of them, if you ask, will tell you that they are tired until lunch. In my opinion, secondary schools should begin at ten o'clock, and I will try to show why.

Firstly, the need for sleep changes with age. During adolescence the body clock moves by as much as two hours, so a fourteen-year-old who goes to bed at eleven is not being lazy or rude; he or she is simply not able to fall asleep earlier. A school that starts at half past eight asks its pupils to learn in what is, for them, the middle of the night.

Secondly, a later start has been tried. Where it has, fewer pupils were late, fewer were absent and, perhaps most important of all, fewer fell asleep on the way home. It would be wrong to claim that marks rose everywhere. They did not. However, nobody has yet found a school in which they fell.

On the other hand, there are those who say that parents must go to work and that an hour's delay would leave young children alone. This is a fair point, but it concerns primary schools, and nobody proposes to change those. Others fear that clubs and matches would end after dark. That is true in winter; yet a club might just as well meet before lessons, when its members are free.

To sum up, we ask the young to fit the timetable, when it would be easier, cheaper and kinder to let the timetable fit the young.`,

  `How to Make a Kite

You will need:
- two thin sticks, one a third longer than the other
- a large sheet of strong paper
- string, glue and a pair of scissors
- an old ribbon for the tail

1. Lay the shorter stick across the longer one, about a quarter of the way down, and tie them together with string.
2. Cut a notch in each end. Run a piece of string around the frame so that it passes through all four notches, and pull it tight.
3. Put the frame on the paper. Cut around it, leaving an edge that is an inch wide.
4. Fold the edge over the string and glue it down. Wait for an hour until it is dry.
5. Tie the ribbon to the bottom. A tail keeps the kite's nose up; without it, it spins.

Now wait for a steady wind. Stand with your back to it, hold the kite up and let out the line a little at a time. If it dives, its tail is too short. If it won't rise, its tail is too long or the wind is too weak. Don't run unless you have to: a good kite lifts itself.`,

  `A Review of “The Lantern Keeper”

I don't usually read historical novels, but a friend whose taste I trust lent me this one, and I finished it in a weekend. It tells the story of Edie Marsh, who keeps the light on a small island off the coast of Maine in the 1890s. Her father has gone blind, and since no woman may hold the post, she does his work at night and lets him sign the log each morning.

The author knows how to build a scene. The chapter in which the supply boat fails to come is one of the best things I have read this year. There's hardly any dialogue; we watch Edie count candles, weigh flour and listen. You could almost hear the ice. I was also moved by the way she and her father talk about everything except what they both know.

It has its faults. The inspector is a villain of a rather ordinary kind, and there are too many storms. A reader who is used to faster books might lose patience with the first hundred pages. Nor did I believe in the ending, which I won't give away here, except to say that it solves in a paragraph what the book had spent three hundred pages making difficult.

Even so, I would recommend it to anyone over twelve. It asks what we owe to those who depend on us, and whether a lie that harms no one is still a lie. Weeks later, I'm still not sure of my answer.`,

  `Dear Ms. Alvarez,

I am writing on behalf of the student council to ask whether the library could stay open until five on weekdays. At present it closes at half past three, which is when most of us first have time to use it.

We asked two hundred and twelve students what they thought. Of those, 164 said that they would come at least once a week, and 58 told us they have no quiet place to work at home. Several mentioned that the public library on Grant Avenue is too far to walk to in the winter.

We understand that somebody has to be there, and that it would not be fair to expect the librarian to work longer hours without pay. Here is what we suggest. Three teachers have offered to supervise one afternoon each, and the parents' association is willing to pay for the other two. Older students could help to shelve books, which would count toward their service hours.

If you agree, we would like to try this from January to March and then look at the numbers together. Should fewer than twenty people a day turn up, we'd be happy to let the matter rest.

Thank you for reading this. We would be glad to meet you and answer any questions you may have.

Yours sincerely,

Jordan Whitfield
Secretary of the Student Council`,

  `What the Experiment Showed

The aim of our experiment was to find out whether a plant grows faster under red light than under white light. We planted thirty beans of the same kind in six trays. Two trays were kept under white lamps, two under red lamps and two on the window sill. Each tray was given 40 ml of water every other day, and the temperature in the room never fell below 18 °C.

After three weeks we measured the plants. Those under white light were, on average, 21.4 cm tall; those under red light reached 26.1 cm, and those on the sill only 14.9 cm. At first sight it looks as if red light were the best. However, the plants in the red trays had thin, pale stems, and four of them had fallen over. When we weighed them, they were lighter than the ones that had been under the white lamps.

This means that height alone does not tell us how well a plant is doing. A plant that stretches may be looking for light it is not getting, which would explain why the stems were so weak. The trays on the sill were also colder at night, so it would be unfair to compare them with the others.

If we did it again, we would use a bigger sample and weigh every plant rather than one in three. We would also leave the lamps on for the same number of hours as the sun shines, because nobody can tell what the plants that had light day and night would otherwise have done.`,
]

/** Correct sentences, each with something that looks like a mistake. */
export const TEMPTING_SENTENCES: readonly string[] = [
  'A unicorn, a European and a one-legged man met an honest heir in an hour.',
  'She gave him an X-ray, an MP3 and a U-turn.',
  'He had had enough, and that that was true did not help.',
  'What he did did not matter, and what it is is clear.',
  'The cat licked its paw while it’s raining, and it’s been a long day.',
  'Its colour, its size and its weight are known; it’s its smell that isn’t.',
  'They left their coats there, and they’re sorry.',
  'There are two of them over there, and there was a third.',
  'If I were you, I would rather go than stay, and then rest.',
  'Were he to ask where we were, we would tell him.',
  'He insisted that she go home and that he be told.',
  'I saw him go, helped her carry it and made it work.',
  'Let it be. Make him do it. Watch her run.',
  'Does he like it? Did she go? Do they know?',
  'Neither of them was there, and nor were we.',
  'Tom and I went; they sent Tom and me home.',
  'You and I are late, and so is she.',
  'He is used to walking to school and used to hate it.',
  'I am looking forward to seeing you and to being home.',
  'In addition to running, he took to swimming.',
  'Mars may march in May, and Mark will mark it.',
  'She wrote “i before e” on the board.',
  '“Stop!” he cried. “we can’t” was all I heard.',
  'iPhones are dear; e.g. mine was.',
  'He put too much in, too, to be of use to two people.',
  'Everyone who has a bike rides; each of the boys has one.',
  'The United States is large, and the police are here.',
  'The news is good and mathematics is hard.',
  'Ten pounds is a lot, but lots of pounds are more.',
  'A lot of people were there, and a lot of water was spilt.',
  'She might have of course gone by then.',
  'Could he of all people have done it?',
  'The dogs’ bowls and the children’s toys are the Joneses’.',
  'He’s gone, she’s here, it’s got cold and who’s next?',
  'Whose is it, and who’s asking?',
  'You’re sure your bag is yours?',
  'Every day he wears his everyday shoes.',
  'We were all ready, and they had already left.',
  'It will affect us, and the effect will last.',
  'My advice is to ask him; he will advise you.',
  'He lost a loose tooth and did not want to lose another.',
  'I knew he had a new one.',
  'It was quite quiet.',
  'The best of friends, one of the best, and one of us is wrong.',
  'He passed the house and walked past it.',
  'They had gone, had eaten, had been seen and had come back.',
  'She had the car washed and has to be off.',
  'I’ve a mind to go, and I’d better.',
  'No one knows; nothing is sure; nobody cares.',
  'He said he can’t, she said she won’t, and I said I didn’t.',
]
