"""A bell: how threads wait for one another without falling asleep, for to be woken takes up to 0.05 ms."""

cdef extern from *:
    """
    #if defined(__linux__)
      int sched_getcpu(void); /* <sched.h> shows it to those only who ask for all of GNU */
      #define bell_cpu() sched_getcpu()
    #else
      #define bell_cpu() -1
    #endif
    #if defined(_WIN32)
      #include <windows.h>
      static double bell_now(void) {
          LARGE_INTEGER ticks, of_a_second;
          QueryPerformanceCounter(&ticks);
          QueryPerformanceFrequency(&of_a_second);
          return (double)ticks.QuadPart / (double)of_a_second.QuadPart;
      }
      #define bell_count(p) InterlockedCompareExchange((volatile LONG*)(p), 0, 0)
      #define bell_strike(p) InterlockedIncrement((volatile LONG*)(p))
      #define bell_breathe() YieldProcessor()
      #define bell_pause() SwitchToThread()
    #else
      #include <sched.h>
      #include <time.h>
      static double bell_now(void) {
          struct timespec t;
          clock_gettime(CLOCK_MONOTONIC, &t);
          return t.tv_sec + 1e-9 * t.tv_nsec;
      }
      #define bell_count(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
      #define bell_strike(p) __atomic_add_fetch(p, 1, __ATOMIC_RELEASE)
      #define bell_pause() sched_yield()
      #if defined(__x86_64__) || defined(__i386__)
        #define bell_breathe() __builtin_ia32_pause()
      #elif defined(__aarch64__)
        #define bell_breathe() __asm__ volatile("yield")
      #else
        #define bell_breathe() ((void)0)
      #endif
    #endif
    """
    double bell_now() nogil
    long bell_count(long*) nogil
    void bell_strike(long*) nogil
    void bell_pause() nogil  # whoever else waits for this core has it first
    void bell_breathe() nogil  # and so has the other thread of a core that has two
    int bell_cpu() nogil

cdef enum:
    BREATHS = 20  # 0.2 to 1 µs


def core() -> int:
    """Return the number of the core that runs this thread, or -1 where nobody can tell."""
    return bell_cpu()


cdef class Bell:
    """It counts its strokes. They carry no news but that there may be some: these lie in a queue."""
    cdef long count

    @property
    def strokes(self):
        return bell_count(&self.count)

    def ring(self):
        bell_strike(&self.count)

    def listen(self, long strokes, double seconds, double grace=0, Bell answer=None):
        """Ring `answer`; wait until there are other than so many strokes, for some seconds at most; then the grace.

        All of it without the lock of the interpreter. Whoever hears the answer finds that free; and whoever has rung
        has the grace to leave it. If one had to wait for it, the system would put him to sleep.
        """
        cdef long* other = NULL if answer is None else &answer.count
        cdef double until
        cdef bint heard
        cdef int _breath
        with nogil:
            if other != NULL:
                bell_strike(other)
            until = bell_now() + seconds
            heard = bell_count(&self.count) != strokes
            while not heard and bell_now() < until:
                bell_pause()
                for _breath in range(BREATHS):
                    bell_breathe()
                heard = bell_count(&self.count) != strokes
            until = bell_now() + grace
            while heard and bell_now() < until:
                bell_breathe()
