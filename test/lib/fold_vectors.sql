-- Made by make_fold_vectors.py: keys, number of folds, seed, fold.
CREATE TABLE vectors (keys text[], n_folds integer, seed bigint, fold integer);
COPY vectors FROM stdin;
{"09axyxcb01xab0abcb a yx9xba10xyc90z9yz19","","xxa"}	5	42	2
{"bcyx xxc"}	2147483647	-1398616138459125457	1405455500
{"ycc","abb"}	2147483647	42	162273267
{"01a1z9aa","zcb9zy 9c00zcz0aay c0c9x1y 1bzy"}	5	-1	3
{"z1ba99ba 9 b00b0c9cyz bx"}	2	42	0
{NULL,"cayy0c1az9y0 1zcx9xzy9c","az "}	5	42	4
{"90yya0y1"}	2147483647	0	618623590
{"ac1b10a9999c01111az0y99",NULL}	3	-5389507470475086573	0
{"x1baz9c9x09yxy999c0ayb a001yc1109z0zbz 9"}	2147483647	1212858127357849952	1334275586
{" 9ybbabca 191aabz1cacbx1xac1 b09x0 ccb01"}	2	576186471503309153	0
{"x1 100xca9x1"}	2	-1	0
{"1cxazxy","by00x1c1 ybb c0x9yxc0z90z9 cyzbzaa1 a9xb 9c911az9 ycz 011b1 bc19x1a1zaaab0c9ac0ayxb1c91909zzzca09yzc"}	10	6161467196132665495	2
{""," cxbz11yc zz yaa9xzabyb",NULL}	3	42	2
{"b0yb10 c0bbzcbc  ya09c0b1z y c1",""}	2	3022563504004594484	0
{"0z1xxc9zy  zxac1bayc0cax0 cy01c","0b "}	5	0	0
{"0b  ya9"}	5	-2975805246165569387	2
{" ay 11cc xa y09a0xz 09b",NULL,"x"}	10	0	7
{" "}	5	0	4
{NULL,"9a 1zzac110bzb9 0b1ybb 1y9cc110","   "}	5	-1	2
{" ","b","a1 cbxc1"}	2147483647	0	1776142595
{"c9xcx91yy bcy9yz1y11bc 110c 910"}	2147483647	-1	535047877
{"yab"}	10	0	8
{NULL}	5	0	2
{"  9a09a","zc9y00xx99990zx99c1bb01y"}	2	-5935524834110040079	0
{"9 c9991byax 9y9bca1cx1y","9","yba1bx09"}	10	-1	6
{NULL}	10	42	2
{""}	5	-1	1
{"9  119a9y11 yb 00ya 0aax00 zc  9a a9yyy1y01ca9z1b1bxy10 c91cbx9ay zxyacc9y9xy9y  xy9yz01  xaxxca0x9b"}	5	-1	0
{"1 z109a9zzz0xb0 9ybxa9c"}	10	-3512680724568182063	4
{"1a9z1zab1bz19z9y9 byx9bx","z"}	2	42	1
{"1a1 ac0"}	2147483647	-1	1323742757
{"9zx","xcxa0y1zx 119ab9x9yz1x9z0cxzz9aca ay 9zab910zzbac0 ac99 b0bbbay0by 010aczzz9y0zzb cc0x1yzac0yx1x0 0b",NULL}	2	-1	1
{"y 9yzcx90 zy111 1zzcz019x9cyayb 1y111011"}	5	-1158916088359550934	3
{"babc0x9bzccz9 xbz9aaxy 9"}	2147483647	42	617135671
{NULL,"1"}	3	-1	0
{" az1111zyy0c0y01xxzbbx101bybccazxybx 9 z","yb0090ccba b cccxyz yya"}	2147483647	2723747945805664707	537060058
{NULL,"z9 0aa1bb0a   01zczcbxb 9c91  x91 09cycb9ybycb9 a109ccbay  0x abzz1acb1y9a0cxy cyzc1b xxz91x1cx1b0c9","yb  cc909a 9zzc00 9bb1ab1001acyyaybzy1zy"}	2147483647	-1	1299802978
{"b"}	2	-1	1
{"a9a001 11x19yy9 xa9x1b9"}	5	42	4
{"x a90b99czzczyy111c9 0x zy0z0zx","1z19zcyz0a99b1ay yyc xx"," 00c0 y xxz90 z9baa1 ay1"}	2147483647	42	1168018398
{"","c"}	3	42	2
{" bc","1ay9x9ay1xc1b1xa1bax1zb"}	10	0	7
{"zxa9ycc 9bcaaxz1x0xxa a"}	5	-1	0
{"by9x11y1 ca0a0bzbc9x0 by9zxccz1ca1yz 9b1abybbxz1cyabb09y9a9yzya1y0x0 yyc xcxz1y1xxy000a0b9xx 0byc1az","b","0acyyx "}	2147483647	0	1235534409
{"9a11yx9b0ab1a91cyy0zbz0"}	2	0	0
{" ","1y azca090z0c9cccbzax0  "}	2	42	0
{"zczb9c1c","a","9zccy9 1"}	10	42	5
{"yayyby9x0c1b","z9acc0y",""}	10	-1	4
{NULL}	3	-1	0
{"9zb9z90czcacxac09az9abz","0zb"}	10	-1	8
{"czbaaaz9 ayb19c  b0x1  1y919099"}	3	42	2
{"zzx","cya","y01b  1b y0a90z9a9cb1a10yzzy9b9czczz9x91"}	3	6399382588939195733	2
{" 010xzcby1y1xzx01z1x xazz0zc1yz"}	2147483647	42	1538187536
{"cax109bxbcz0xbyzc90 y1z","99c11xa","c1cbz0z y x0cyy099az0 a"}	10	-1931359773534721069	7
{"zc010cxc z90  9zz00xabaxbyxzy9byy 01x199"}	2147483647	-1	1284713374
{"bx1","aa 1 bzzaaxaayy0a1a9 bxz"}	3	0	0
{"y9 yazcy b0b b0bz0y xzzx","azc"}	2147483647	0	2065580271
{"z90b0ba 1yz 91c9acya a1cxabx9yb","bcay90bcyczc1ya0 a91yzy9"}	10	-1513846403853483735	8
{"a","0  yy99","z9a1xc01xaxccc 9axy z11 "}	2	-1	0
{" cbcy x9a1yb","zza"}	10	42	6
{" c99azz990z099y0aa1byy0bc9zxzy0"}	2147483647	-159351841286237192	1268580027
{""}	5	42	3
{"z1c",""}	10	-1	4
{"zb 9 b zbx 1yz01cx9yx9z0",NULL,"0"}	2147483647	7433276370210362444	972422224
{"b"}	3	0	1
{"xa ","","0xa a9 "}	2147483647	42	1357942447
{"9b09b0zbc1aacax109c0b9x",""}	5	-1	2
{"c9y0 y9axy0a  0bxaz0cc1y91z0ca 0yx 1cb1axyccy xyb0x19abca1cx 0191z9zz9x1caac9z09cz cbb0z9yb19 zxy99c"}	2147483647	42	298355132
{" 1b","axzc191 b 0 "}	2147483647	-1	1499405697
{"0xa0aazxy11x191c09zxz1yya1   10cc0ybcb1baz19ac y1909c0 yx1z11a19ac0ay ycccb1bzz 0x0aazx 11y9b zyccyb","0y1yzayb zy19 x0xcc ccc10x b00 "}	2	0	1
{"azz","zxzyazxybc9z9 x 1x zcyzzza1yyc ybx99cy0x"}	2147483647	-695196981308752331	1610210894
{"",""}	10	42	8
{"","xzx909zyyz1b xbz0b9a9x 991cxzzcybbzx0aab","ca9a9 yz0y9yaz9 byc0 0bb1zxxbz00z1byzy 09x ayc  1xz99 91yx0y1 y9azca 1c yx09bx9  byy11z aa09z9c91aza"}	5	1005224451305941332	1
{"x","xabb1axycyycab09191y00ca",NULL}	2147483647	-4695650532403875146	1678256324
{"y1yy9xbx"}	5	-1	4
{"zy9xb9zx",""}	2	-1	1
{"z9a"}	5	-1	3
{" 0a990z"}	3	-7336845387872022933	2
{NULL,"yx19xcz  cx9"}	2147483647	0	1054496456
{" ",NULL}	3	7890999674679955402	1
{"z 9a xb0xx0z0za a9z99cz0yb0x1011z0zc0ya0","","9cxa00axzacza0xx xx1 19a   c19xc  b100cx"}	2147483647	6655851894442849337	1539357708
{"a 99zzcyxcx a10z0x1ay0 bzybb0caaczzcaaza"}	2147483647	42	824483842
{"yx0"}	2	42	0
{"y1bbx a9byzx","y0y1y19a","b b0a c"}	5	42	3
{" xyx09ax","z1 bzxyz"}	2	42	0
{"z199yx1a100a",NULL,"ybx9abyyacax0y0c9 y19ab"}	3	0	1
{"9bbc 99xxb c0ab 11za9 y0ac1b91x"}	5	0	3
{"001zzc zca y  bb xzc9z 9z 190c1","b1 1ab0a9c9b",NULL}	10	42	9
{"0y b001x ccb c0caca9a0c"}	3	1390703664796769189	1
{"b10"}	3	42	2
{"b9ccy0  a cay9y 1abyb zbayac9yz"}	2147483647	42	1899575855
{"yy9zy0 a 11ccbz9a10xxb0xxxxz9czx0c1yyz9czy 019b b09c9bxx9y9z1cxb 9azzzb90zza100 9aya9c91xb 9 1c b0cx"}	3	-1	1
{"c9ac1a1xzxzyzxc99y1czczc1zac1ab"}	3	-7173071932587910074	1
{"abcyc11bb1z900az099z  ybc9cz00aa9 bba1zybx901x00c0yb1  czbbc 9c9aby9zzbbbz0axa 1b1yax10bb1y91y1ya090"}	5	42	3
{"0xb0b1babzxbyx0z zb cxc1ybz9cz9ay0 0a1 y zcc9xzcz9cb1991zz1 bc9x1c xbbyzc bb 0c0yya00y0cayzc91cx9z9y",NULL}	5	-1	2
{"","","91z"}	5	-3648343051104805877	0
{"yy yc0ax00a9 yybz 99zcy0",NULL}	3	42	0
{"yyb"}	2	42	0
{"bba1y9xayxa90c1bz1ax1 b1yz9 xzby0c xcx0a"}	2147483647	-1	1930171040
{"9zya11a","c"}	2	8921374348477469153	1
{"011a9xb99yz9","1","c1x 11aazyca"}	3	42	2
{"01 ","b 9x9ac 1bxy 9xb1 9a1c0a"}	2147483647	42	908576480
{"0"}	5	-1	4
{" 1bb xc 0aa ","x0b x9bx c1 "," a9y90c0ay c"}	10	-1	7
{" 9y9z c1bz101 axcbz11zx"}	10	42	3
{"9 1xy0 z9cza xbz9x zyyz"}	3	0	0
{"zz9ax0 a1 ab","baa11c0 ","9cb zx 9a ba"}	2	8902387396349374745	1
{"bz1zxa zca90y11ba01a cc"," czcbb0axcxa119zx0ayby z"}	5	-7919891648845876465	0
{"1za01accc 9 1bxaax0090yz1yy0b111b099b910","x","y0bbz0 z9zyzcxyzczyc11y9bzx xybaczb0cc  "}	5	42	4
{"ya 00 cb11a1 9y  a00zc 1z9 zz b09a1191 a1b19bcy1ycx11cyca c91zyxcz9yy ycxbz11b 9cay0cy xzzy010by 0x9","0"," za1ba 1"}	2	42	0
{""," 9xzxya","x 1b  cyacax9cx0z0z109z"}	5	0	3
{" ",NULL,"zzz99ac1"}	2147483647	433925493464670647	92758168
{"1a1xy111y9y11a09a099 azx1bb1z11xyx9 aax01z91 a990b9cz999cx a0xzb 9caca0xx 11by101a 9ccz9yxzcy9 z0xzc"}	3	0	1
{"y az y 91ccybx90ya1 0101yc0a99zb 9y9 aac"}	2147483647	-8737482979049389978	1575936140
{"z9z00az","za 9x1acxbza9b 90 91x011"}	5	-1	4
{"xx9baabbza1xc0090xy c9bx"}	3	-1	0
{"9"}	2147483647	0	734034029
{" ca9bcx9a9y019y990yx001",NULL}	5	-1	2
{"0x111c1x"}	2	-1	1
{NULL}	10	-1	1
{"x",NULL}	10	-1	4
{NULL,""}	10	-1	9
{"a9z11 x09zcac1z ya10zyaa"}	3	42	1
{"1c1b9 9cb01yz01y1  1cca1"}	5	-3917654530326251842	4
{" 99by1a","9z 09z0xy1b99 09y0az1bbz000a y 1y y c00z"}	10	42	7
{"xc0","c1zz0xc1x01 c99   ay1y a0yyy c1b9x xc1bxb11cba0z 9199 zab1y 09b  c0zayb  9xba xbcxyaz0c1ab xzac ycz1",NULL}	10	-6120392401498759924	1
{NULL}	2147483647	-1	218809930
{"9z1xcx1yayzx199xxz99yc0a09byxcb"}	5	0	1
{"x"}	10	42	1
{"a"}	5	-1	4
{"900z zc 09xzy cxxb0b00b9"}	3	0	0
{"0yxby1y00  c9cxa1z09y99a","",""}	3	0	2
{"c91x9xy","9z  y0cb11aaz91azyx1zyz"}	3	-7901757692110726814	1
{NULL,""}	5	-1	4
{"19zzbya9cc aaxxbc1ay9x9ccxa9zba","bya","c ba01zz9 x1bxzc09cayybz"}	3	-1	1
{"yx0a0b "}	5	0	3
{"cbaazcaxxza9cayb001 z1bz"}	10	-1	4
{"cyb9y01a"}	2	-1	1
{"yaxx1zc",""}	3	-2055658877491798514	2
{"1yaybyb0cza 91x1yaa019az0bxy01xz9yc1abx9"}	10	42	1
{"c1xazaa",NULL}	2147483647	-3790956403266692033	2017419190
{"a"," 911zxazxy01ya y1ybaa1x"," 91900c 0y101baz 0aa9xyx"}	2	0	0
{"1"}	10	-1710775802924038454	0
{"z ba9azc99ay","9yz199y009090bx1xz 0 991xzzcx01a9yzyz0yy"," xyc xa1"}	5	42	0
{"x  1 1a","b"}	5	42	1
{"a999yyy"}	10	-1	7
{NULL}	10	0	5
{"yxz0abba"}	3	-8603129975408567666	2
{"ca990 zaayaaz 1 ybz11zy","y"}	5	0	3
{"y   0ba1cz10b1czz0ccaxyb",NULL}	2	-1	1
{"z1xabzczybyc90bzxby0cyx","a1z09yx0c11 caa0 y9  azz","cc09  a0bcbb b0y9z09cy 0y xa y0"}	3	42	1
{"0cb91z9z b  100zx 9yxyz0"}	2147483647	0	1019009520
{"0c1xba0","91z","bca0x0bxy1 by 1zyca1by10"}	10	2812273937153984577	0
{"yczayx9110 0a0y 09b9yayac9bc01y"}	10	-1	7
{"z","0b91c9x",NULL}	3	-1	0
{"c0ca0  9"}	3	42	2
{"ay zx01 b cz9xz09b0y00aa9z9a1y1","y99bzbz"}	2	-7954915744238111009	1
{""}	10	42	7
{"",NULL,"1"}	3	0	2
{NULL,"x0aa0cba","z0zxz9 "}	5	42	1
{"1bzbab1c"}	2	-7965897036596760231	1
{"c yxxz9b","x99yyc9ab9bb","x99baaz0"}	2	0	1
{"1ac0b  cxxcz1a00 c100x1b19 01 yyyzbzx1bcc b1zxbz9y 10ba9zaab a1yya10z01bx90cc xbc 0x 9yza 1x  ca010b"}	5	0	1
{"x1xb0xb0z xaxxcx zzbzyabcaz c10x0cba cy9","00 "}	2147483647	42	363329057
{"","za bb1z"}	3	42	2
{"","1aczb9x","b0000c zya 99aa9czc0abxb 99b b0xx 09a1bz"}	10	-4469798678170431847	7
{"1aacaaba10cza9xycz y09y1 c0a0z1c y9ccc1xc01y9a10b 190b91 911xy  a0cyyxy0zb9100c  x11b0c 919xcz 1zaxc"}	5	6479015380285974440	3
{"cab9zac99x11091azzzbxcazc9zcbyyzc a1cz90",NULL,"ac0y a b"}	2147483647	4140857720562868584	1514572360
{"0 z00xcz0bxaz c9xacc 0z","cx10az1xacc1x9yx01byxc9z"}	10	5663374232737817265	9
{"0b0c z9",NULL,"1bx y1001 z zazzax1bzz91cazac9zxcy  cb babbbb00aazc x9c91x c0a119ybb0a1 cza xx0z9z1c1 cczy 9bz1bccy "}	2147483647	-5208082342160280292	70162737
{"9",NULL,"9"}	10	5852430986551898708	9
{"0z 9xya9109 1x yzaxaxbxc"," z0ac0zb1z0a",NULL}	2147483647	-8261400210598190280	153236243
{"1","90bxxx1y1x0ca0czz0b0ac c y9za 9","byc0cb ya9z9 x9xxzz9ba9ba90  01x z b1x9xxzbbxy0c090ayyxzaxacazc10a 1ya1zaxxxcx  a199czxyxazab9yxac9a"}	10	-2747883369229546649	4
{"xc90a99xcybxbaac1 c10zc"}	2147483647	-1142513474055761029	651468111
{"10ba1yzz9by0"}	5	1323686734262667262	0
{"y"}	2	-986321379773047235	0
{"c1ax10yz bx yzcbzaacc 09"}	3	0	2
{"1y0"}	3	0	2
{"c9xy99z10cy0c01 ca0zx9cxxcb0 xzbz0y  xcz11c 0x0y0y9y1zcz0b9c9a1 9 b1b19xb190xa 00xxa0yxxbc yxaxx9091"}	3	42	2
{"cb1yxa1 9c bb09abx a9xb9ybc xa1cac 9 x1z","bcbb1a90bycc zz01 y10bx","9y1x y1z9xa0"}	3	0	0
{"10z"}	5	0	0
{"9x990xby1ayzxc01z00y 09y yy 1z1","x"}	3	-1	1
{"0a9110c1 cy9010ab y0x  bxc0 c10x9ccx9 yx"}	10	1808594133188823728	9
{NULL,"xb xxxc","z"}	5	-7527482712081702477	3
{"yxbbx1z","99ax19xx99za","a9 9cyax 0bxay0yzxyca9c0a0cb 1xz0009cxyc"}	5	0	1
{" 900yc aazazcxczz19c0bbba9ccz9x"}	2	-1	0
{"bba1xa1aazb0zb0x  zz0z zxcb000c90yz1ybb9"}	10	-4115765989429486274	2
{" 9by0xxz"}	2147483647	-6744725593200690347	402708533
{"ccbb00 1yc9 1099x109zx0x","zc911cxz","z01b90b"}	3	-6914793629077929828	1
{"acc0cb9c 1z00 zx xyyxyx0","xabx9cc9z09ycaa x0zzx1z","yb 9zza"}	5	377114520746898573	4
{"0","9c ccacy zx90 9acxx y 1c"}	3	42	2
{"y0yxy9yyxxccy0axc09yb xc 0zxb1b"}	3	-1	1
{"a cb 1cc"}	10	0	7
{"y1 by c","z0b99x09yxcbz0 9bz91xcx 0cyxc b1c9 ac9yb"}	2	42	1
{"bc ","b9 byybb9z10"}	2	-1	0
{"zaxbbby0zzz c cxzb91zz9by0c 1aa9z1a9 x19yax9xcz   9c9c ybx 111 ba9a9b9zzaxbx1 1cayzaz99by 0xycxbzabz","ayb01ya"}	2147483647	-1	1380351471
{"  1 zaz0zx1 90xbyza11z0xcb1 zcx","x"," 99b c990y1byy9x1zayaxz9xa0yccccx y90cya"}	2147483647	42	293562321
{""}	3	0	0
{NULL}	2147483647	42	449146906
{NULL}	3	-5469725693225737025	0
\.
