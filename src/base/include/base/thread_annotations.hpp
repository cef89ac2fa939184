// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <shared_mutex>

// What clang's thread-safety analysis checks; nothing for other compilers. The standard's locks carry no
// annotations with libstdc++, hence the thin ones below.
#if defined(__clang__)
#define OAKUM_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define OAKUM_THREAD_ATTRIBUTE(x)
#endif

#define CAPABILITY(x) OAKUM_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY OAKUM_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) OAKUM_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) OAKUM_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) OAKUM_THREAD_ATTRIBUTE(requires_shared_capability(__VA_ARGS__))
#define ACQUIRE(...) OAKUM_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) OAKUM_THREAD_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define RELEASE(...) OAKUM_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) OAKUM_THREAD_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
#define NO_ANALYSIS OAKUM_THREAD_ATTRIBUTE(no_thread_safety_analysis)
#define EXCLUDES(...) OAKUM_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace oakum::base {

class CAPABILITY("mutex") Mutex {
  public:
    void lock() ACQUIRE() { mutex_.lock(); }
    void unlock() RELEASE() { mutex_.unlock(); }

  private:
    friend class Condition;
    std::mutex mutex_;
};

class SCOPED_CAPABILITY Lock {
  public:
    explicit Lock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() RELEASE() { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    Mutex& mutex_;
};

// What threads wait for, with a Mutex that is held before and after. A wait may end for no reason: the caller
// looks again.
class Condition {
  public:
    void wait(Mutex& mutex) REQUIRES(mutex) {
        std::unique_lock held(mutex.mutex_, std::adopt_lock);
        condition_.wait(held);
        held.release();
    }
    template <class Time> void wait_until(Mutex& mutex, Time time) REQUIRES(mutex) {
        std::unique_lock held(mutex.mutex_, std::adopt_lock);
        condition_.wait_until(held, time);
        held.release();
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

  private:
    std::condition_variable condition_;
};

class CAPABILITY("shared mutex") SharedMutex {
  public:
    void lock() ACQUIRE() { mutex_.lock(); }
    void unlock() RELEASE() { mutex_.unlock(); }
    void lock_shared() ACQUIRE_SHARED() { mutex_.lock_shared(); }
    void unlock_shared() RELEASE_SHARED() { mutex_.unlock_shared(); }

  private:
    std::shared_mutex mutex_;
};

class SCOPED_CAPABILITY SharedLock {
  public:
    explicit SharedLock(SharedMutex& mutex) ACQUIRE_SHARED(mutex) : mutex_(mutex) { mutex_.lock_shared(); }
    ~SharedLock() RELEASE() { mutex_.unlock_shared(); }
    SharedLock(const SharedLock&) = delete;
    SharedLock& operator=(const SharedLock&) = delete;

  private:
    SharedMutex& mutex_;
};

class SCOPED_CAPABILITY ExclusiveLock {
  public:
    explicit ExclusiveLock(SharedMutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~ExclusiveLock() RELEASE() { mutex_.unlock(); }
    ExclusiveLock(const ExclusiveLock&) = delete;
    ExclusiveLock& operator=(const ExclusiveLock&) = delete;

  private:
    SharedMutex& mutex_;
};

} // namespace oakum::base
