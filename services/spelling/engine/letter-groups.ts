// Rule: groups of letters that stand for the same sound, so that one is written for the other: a single cheap edit.
// From: English spelling as taught (graphemes of each phoneme) and the slips of pupils; the costs are ours, in edits.
// Does not promise: context: a group counts wherever it occurs; at most four letters on either side.

/** typed=meant cost; each also holds the other way round. `^` binds to the start of the word, `$` to its end. */
const GROUPS = `
f=ph 0.4, ff=ph 0.5, f=gh 0.6, ff=gh 0.6, uf=ough 0.5, uff=ough 0.5, off=ough 0.5, k=ck 0.35, c=ck 0.35, k=ch 0.5, c=ch 0.7, k=que$ 0.5, ck=k 0.35, cc=k 0.6, kw=qu 0.4, cw=qu 0.5, qw=qu 0.4, kqu=cqu 0.5, q=cq 0.5
s=ss 0.4, s=sc 0.45, ss=sc 0.45, c=sc 0.45, s=ce 0.6, se=ce 0.5, ss=c 0.5, s=ps 0.5, z=ss 0.6, ts=tz 0.6, s=st 0.7, ss=st 0.7, x=xc 0.4, ex=exc 0.4, x=cc 0.5, ks=x 0.45, cks=x 0.5, cs=x 0.5, xs=xc 0.4, eks=ex 0.45, egs=ex 0.5, gz=x 0.5, x=ct 0.7
sh=ti 0.6, sh=ci 0.6, sh=ch 0.5, sh=s 0.5, sh=ss 0.5, sh=ssi 0.6, sh=si 0.6, shun=tion 0.5, shun=sion 0.5, shun=ssion 0.6, shon=tion 0.5, tion=sion 0.4, sion=ssion 0.35, tion=ssion 0.45, cion=tion 0.4, cian=tion 0.5, sian=cian 0.5, tian=cian 0.5, shan=cian 0.5, shul=cial 0.5, shal=cial 0.5, tial=cial 0.35, shal=tial 0.5, sial=cial 0.45, shus=cious 0.5, shus=tious 0.5, shous=cious 0.5, tious=cious 0.4, cous=cious 0.5, ous=ious 0.5, ious=eous 0.4, us=ous$ 0.45, is=ous$ 0.7, ion=tion 0.7, tin=tion 0.6, ton=tion 0.5, chun=tion 0.6, zhun=sion 0.5, tien=tion 0.5
j=dg 0.45, j=g 0.45, j=dge 0.5, ge=dge 0.4, g=dge 0.5, ch=tch 0.35, tch=t 0.6, ch=t 0.7, ch=tu 0.6, cher=ture 0.5, chur=ture 0.5, tcher=ture 0.5, chure=ture 0.5, ture=cher 0.5, dj=dg 0.5, ch=c 0.7, cha=tua 0.6
^n=kn 0.4, ^n=gn 0.5, ^r=wr 0.4, ^r=rh 0.4, ^h=wh 0.6, ^w=wh 0.45, w=wh 0.5, ^wh=h 0.6, ^o=ho 0.6, ^ow=how 0.6, m=mb 0.5, m=mn 0.5, t=bt 0.6, t=pt 0.7, t=th 0.6, d=th 0.7, f=th 0.65, v=th 0.65, th=d 0.8, l=al 0.7, ne=gn 0.6, n=gn 0.6, ng=n 0.7, nk=nc 0.5, nk=ng 0.6, in$=ing 0.6, en=ing 0.9, d$=ed 0.6, t$=ed 0.6, id$=ed 0.6, et$=ed 0.7, t=d$ 0.5, nt=nd 0.6, n$=nd 0.8, s$=sts 0.8
ee=ea 0.45, e=ea 0.5, ee=ie 0.5, ea=ie 0.5, ei=ie 0.35, i=ee 0.6, e=ee 0.5, ee=y 0.5, ea=y 0.6, i=ie 0.5, ee=ei 0.5, e=ie 0.5, e=ei 0.5, ey=y 0.4, ie=y 0.4, ee=ey 0.5, y=ie 0.4, ee=e 0.5, i=ea 0.7, i=y 0.4
ai=a 0.55, ay=ai 0.45, a=ay 0.6, ai=ei 0.5, ay=ei 0.5, ay=ey 0.45, a=ei 0.6, ai=ea 0.55, ea=a 0.6, e=ai 0.6, ei=a 0.6, ae=ai 0.45, ae=a 0.6, eigh=ay 0.6, eigh=a 0.7, aigh=eigh 0.5, ai=eigh 0.6, ae=ea 0.5, air=are 0.45, air=ear 0.5, are=ear 0.5, ere=are 0.5, ere=air 0.5, air=eir 0.45, ere=eir 0.5, ar=air 0.6, er=air 0.7, ear=eer 0.4, ere=eer 0.45, eer=ier 0.4, ear=ere 0.45, ir=ear 0.7
i=igh 0.55, ie=igh 0.55, y=igh 0.55, ite=ight 0.55, iet=ight 0.6, it=ight 0.6, ihg=igh 0.4, ihgt=ight 0.4, igth=ight 0.4, ight=ite 0.55, ye=i 0.6, ie=i 0.5, uy=y 0.5, ai=i 0.7, y=i 0.4, eye=i 0.6
o=ow 0.5, o=oa 0.5, oa=ow 0.5, o=ough 0.7, oe=oa 0.45, oe=o 0.55, ow=ough 0.6, oo=ou 0.5, o=ou 0.55, u=ou 0.5, ow=ou 0.45, oo=u 0.55, oo=ew 0.5, ew=u 0.5, ue=ew 0.45, oo=ough 0.6, u=ew 0.55, ue=u 0.5, oo=ui 0.5, u=ui 0.5, oo=o 0.55, ou=o 0.5, au=ou 0.6, au=ow 0.6, eu=u 0.5, yu=u 0.6, you=u 0.7, ew=eau 0.5, ue=eau 0.6, eau=eu 0.45, u=eau 0.6, eu=eau 0.5, eua=eau 0.4, bu=beau 0.5, u=oo 0.55
or=au 0.6, or=aw 0.6, aw=au 0.45, o=au 0.6, a=au 0.6, or=a 0.7, or=our 0.5, or=oor 0.5, ore=our 0.5, ore=oor 0.45, ore=oar 0.45, oar=or 0.45, or=ore 0.4, or=ough 0.7, ort=ought 0.6, ort=aught 0.6, ot=ought 0.65, ort=ough 0.6, awt=ought 0.6, awt=aught 0.55, aught=ought 0.4, out=ought 0.5, au=augh 0.5, or=al 0.8, al=ol 0.6, aul=al 0.5, all=al 0.35, wor=wa 0.6, wo=wa 0.5
er=or$ 0.4, er=ar 0.5, or=ar 0.5, er=re 0.45, er=our 0.5, a$=er 0.55, a=er 0.7, er=a$ 0.6, ur=er 0.45, ir=er 0.45, ur=ir 0.45, er=ear 0.5, ur=ear 0.55, or=er 0.45, wer=wor 0.4, wur=wor 0.4, wir=wor 0.5, ure=er 0.6, e=er 0.7, ah=a 0.5, ar=a 0.7, ur=or 0.5, ar=er 0.5, r=er 0.6, r=re 0.6, ier=ure 0.7, ure=our 0.6, or=our 0.4, ere=er 0.5, ery=ry 0.5, ary=ery 0.4, ory=ary 0.45, ry=ary 0.55, erry=ary 0.5, ury=ery 0.5, airy=ary 0.5, ly=lly 0.35, ley=ly 0.4, aly=ally 0.35, ly=ally 0.55, ley=lley 0.4, ily=ely 0.5, lly=lely 0.5, y=ly 0.9
el=le 0.4, il=le 0.5, ul=le 0.5, al=le 0.5, ol=le 0.5, el=al 0.45, le=l 0.6, ul=ull 0.4, ull$=ul 0.35, fel=ful 0.6, able=ible 0.35, abel=able 0.4, ibel=ible 0.4, bul=ble 0.5, ball=ble 0.6, ent=ant 0.35, ence=ance 0.35, ense=ence 0.4, ens=ence 0.5, ance=ence 0.35, anse=ance 0.4, ants=ance 0.6, ents=ence 0.6, ince=ence 0.5, ency=ancy 0.35, ment=mant 0.5, mint=ment 0.45, en=on 0.5, in=en 0.5, un=on 0.5, an=en 0.5, im=em 0.5, on=en 0.5, um=om 0.5, un=en 0.55, in=an 0.6, n=en 0.6, m=em 0.7, ism=asm 0.6
ise=ize 0.25, is=ise 0.5, ice=ise 0.4, ize=ice 0.5, ys=is 0.4, yse=ise 0.4, is$=ice 0.6, es$=ies 0.4, ys$=ies 0.4, eys$=ies 0.45, is$=es 0.6, s$=es 0.5, yed=ied 0.35, yer=ier 0.35, eing=ing 0.35, ieing=ying 0.35, ing=eing 0.4, ying=yying 0.4, iing=ing 0.4, ind=ing 0.7, ign=ing 0.4, inng=ing 0.4, ig=ing 0.6, ng$=ing 0.6, ining=ing 0.9, eding=eing 0.9
wen=when 0.4, wi=why 0.5, wich=which 0.4, wot=what 0.55, wat=what 0.45, wos=was 0.4, woz=was 0.6, coz=cause 0.9, cos=cause 0.9, cus=cause 0.9, becos=becaus 0.4, bcos=becaus 0.7, sed=said 0.5, sez=says 0.5, bin=been 0.5, dun=done 0.5, cud=could 0.5, wud=would 0.5, shud=should 0.5, cood=could 0.5, wood=would 0.5, eny=any 0.4, meny=many 0.4, enuf=enough 0.5, enogh=enough 0.35, ruf=rough 0.4, tho=though 0.6, thro=through 0.7, thru=through 0.6, luv=love 0.5, uv=ove 0.6, uther=other 0.4, muther=mother 0.4, bruther=brother 0.4, cum=come 0.5, sum=some 0.5, wun=one 0.5, won=one 0.5, shur=sure 0.5, peple=people 0.4, peeple=people 0.4, pepl=people 0.5, frend=friend 0.4, skool=school 0.5, scool=school 0.4, techer=teacher 0.4, littel=little 0.4, lite=light 0.5, nite=night 0.5
`

export const LONGEST_GROUP = 4

/** Both sides packed as four bytes, last letter lowest; `mask` covers the packed letters. */
export type Group = {
  typed: number
  typedMask: number
  typedLength: number
  meant: number
  meantMask: number
  meantLength: number
  cost: number
  atStart: boolean
  atEnd: boolean
}

const pack = (text: string) => [...text].reduce((packed, c) => (packed << 8) | c.charCodeAt(0), 0)
const maskOf = (length: number) => (length === 4 ? -1 : (1 << (8 * length)) - 1)

/** By the last letter of the typed side, letter & 31. */
export const groupsByLastLetter: Group[][] = Array.from({ length: 32 }, () => [])

for (const rule of GROUPS.split(/[,\n]/).map((text) => text.trim())) {
  if (rule === '') continue
  const [sides, cost] = rule.split(' ')
  const [one, other] = sides!.replace(/[$^]/g, '').split('=')
  for (const [typed, meant] of [
    [one!, other!],
    [other!, one!],
  ] as const) {
    if (Math.max(typed.length, meant.length) > LONGEST_GROUP) continue
    groupsByLastLetter[typed.charCodeAt(typed.length - 1) & 31]!.push({
      typed: pack(typed),
      typedMask: maskOf(typed.length),
      typedLength: typed.length,
      meant: pack(meant),
      meantMask: maskOf(meant.length),
      meantLength: meant.length,
      cost: Number(cost),
      atStart: sides!.includes('^'),
      atEnd: sides!.includes('$'),
    })
  }
}
