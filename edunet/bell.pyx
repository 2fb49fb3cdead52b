"""A bell: how threads wait for one another without falling asleep, for to be woken takes up to 0.05 ms."""

cdef extern from *:
    """
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
    #endif
    """
    double bell_now() nogil
    long bell_count(long*) nogil
    void bell_strike(long*) nogil
    void bell_pause() nogil  # whoever else waits for this core has it first


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
        with nogil:
            if other != NULL:
                bell_strike(other)
            until = bell_now() + seconds
            heard = bell_count(&self.count) != strokes
            while not heard and bell_now() < until:
                bell_pause()
                heard = bell_count(&self.count) != strokes
            until = bell_now() + grace
            while heard and bell_now() < until:
                bell_pause()
