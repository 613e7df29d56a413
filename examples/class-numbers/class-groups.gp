\\ Class groups of every imaginary quadratic field with START <= |D| < END.
\\
\\ START and END come from the environment, because gp has no arguments of its
\\ own. Two files are written into the working directory:
\\
\\   class-numbers.csv  class_number,fields,largest
\\     how many fields have this class number, and the largest |D| among them
\\   class-groups.csv   part,rank,fields,smallest
\\     how many fields have a class group whose p-part needs exactly this many
\\     generators (part = p), or whose whole odd part does (part = odd), and
\\     the smallest |D| among them
\\
\\ Only whole numbers are computed and printed, in sorted order, so that every
\\ device writes the same bytes.

default(breakloop, 0);

primesWatched = [3, 5, 7, 11, 13];

environmentInteger(name) =
{
  my(text = getenv(name), value);
  if (type(text) != "t_STR", error(Str(name, " is not set")));
  value = eval(text);
  if (type(value) != "t_INT" || value < 0, error(Str(name, " is not a whole number")));
  value
};

\\ The odd elementary divisors of the class group of discriminant -d, which has
\\ h elements. An odd prime that divides h once can only give one cyclic
\\ factor, so the costly structure is wanted only where a square divides h.
\\ There the two algorithms, which have nothing in common, check each other.
oddElementaryDivisors(d, h) =
{
  my(odd = h >> valuation(h, 2), group);
  if (issquarefree(odd), return(if(odd > 1, [odd], [])));
  group = quadclassunit(-d);
  if (group.no != h, error(Str("the two class numbers of -", d, " differ")));
  select(n -> n > 1, apply(n -> n >> valuation(n, 2), group.cyc))
};

\\ Adds one field to counts[key] = [fields, extreme |D|]. Fields come in order
\\ of |D|: the first one seen is the smallest, the last one the largest.
countField(~counts, key, d, keepLargest) =
{
  my(old);
  if (!mapisdefined(counts, key, &old), old = [0, d]);
  mapput(~counts, key, [old[1] + 1, if(keepLargest, d, old[2])])
};

countGroup(~ranks, d, divisors) =
{
  if (#divisors, countField(~ranks, [0, #divisors], d, 0));
  foreach(primesWatched, p,
    my(rank = #select(n -> n % p == 0, divisors));
    if (rank, countField(~ranks, [p, rank], d, 0)))
};

writeTable(name, head, counts, keyText) =
{
  my(file = fileopen(name, "w"));
  filewrite(file, head);
  foreach(vecsort(Vec(counts)), key,
    my(entry = mapget(counts, key));
    filewrite(file, Str(keyText(key), ",", entry[1], ",", entry[2])));
  fileclose(file)
};

main() =
{
  my(from = environmentInteger("START"), to = environmentInteger("END"));
  if (from >= to, error("START has to be less than END"));
  my(numbers = Map(), ranks = Map(), step = max(1, (to - from) \ 20));
  for (d = from, to - 1,
    if (isfundamental(-d) && d > 0,
      my(h = qfbclassno(-d));
      countField(~numbers, h, d, 1);
      countGroup(~ranks, d, oddElementaryDivisors(d, h)));
    if ((d - from + 1) % step == 0,
      printf("LULL_PROGRESS %.2f\n", (d - from + 1) / (to - from))));
  writeTable("class-numbers.csv", "class_number,fields,largest", numbers, h -> h);
  writeTable("class-groups.csv", "part,rank,fields,smallest", ranks,
    key -> Str(if(key[1], key[1], "odd"), ",", key[2]))
};

iferr(main(), problem, print("class-groups: ", problem); quit(1));
quit(0);
