/* Stands before the text of every extension: the mark of the sources that it was compiled from (edunet/freshness.py). */
#ifdef EDUNET_SOURCES
#define EDUNET_TEXT_(x) #x
#define EDUNET_TEXT(x) EDUNET_TEXT_(x)
extern const char edunet_sources[];
const char edunet_sources[] = EDUNET_TEXT(EDUNET_SOURCES);
#endif
