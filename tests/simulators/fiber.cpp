// SPDX-License-Identifier: Apache-2.0
#include "fiber.hpp"

#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define OAKUM_FIBER_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OAKUM_FIBER_ASAN
#endif
#endif
#ifdef OAKUM_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace oakum::simulation {
namespace {

constexpr std::size_t kStack = 512 << 10; // touched as far as it is used

} // namespace

struct Fiber::Context {
    std::function<void()> body;
    ucontext_t outside{}, inside{};
    void* stack = nullptr;
    bool ended = false, killed = false;
    // AddressSanitizer has to be told of the other stack.
    void* outside_fake = nullptr;
    void* inside_fake = nullptr;
    const void* outside_bottom = nullptr;
    std::size_t outside_size = 0;

    static inline Context* running = nullptr;

    void enter() {
        Context* const before = running;
        running = this;
#ifdef OAKUM_FIBER_ASAN
        __sanitizer_start_switch_fiber(&outside_fake, stack, kStack);
#endif
        swapcontext(&outside, &inside);
#ifdef OAKUM_FIBER_ASAN
        __sanitizer_finish_switch_fiber(outside_fake, nullptr, nullptr);
#endif
        running = before;
    }
    void leave(bool for_good) {
#ifdef OAKUM_FIBER_ASAN
        __sanitizer_start_switch_fiber(for_good ? nullptr : &inside_fake, outside_bottom, outside_size);
#else
        (void)for_good;
#endif
        swapcontext(&inside, &outside);
#ifdef OAKUM_FIBER_ASAN
        __sanitizer_finish_switch_fiber(inside_fake, &outside_bottom, &outside_size);
#endif
    }
    static void start() {
        Context& self = *running;
#ifdef OAKUM_FIBER_ASAN
        __sanitizer_finish_switch_fiber(nullptr, &self.outside_bottom, &self.outside_size);
#endif
        try {
            if (!self.killed) self.body();
        } catch (const Killed&) { // NOLINT(bugprone-empty-catch): thrown to unwind this stack, and for
                                  // nothing else
        }
        self.ended = true;
        self.leave(true);
    }
};

Fiber::Fiber(std::function<void()> body) : context_(std::make_unique<Context>()) {
    context_->body = std::move(body);
    context_->stack =
        ::mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (context_->stack == MAP_FAILED || getcontext(&context_->inside) != 0) std::abort();
    context_->inside.uc_stack.ss_sp = context_->stack;
    context_->inside.uc_stack.ss_size = kStack;
    makecontext(&context_->inside, &Context::start, 0);
}

Fiber::~Fiber() {
    kill();
    ::munmap(context_->stack, kStack);
}

void Fiber::resume() {
    if (!context_->ended) context_->enter();
}

void Fiber::kill() {
    context_->killed = true;
    resume();
}

bool Fiber::ended() const {
    return context_->ended;
}

void Fiber::suspend() {
    Context& self = *Context::running;
    self.leave(false);
    if (self.killed) throw Killed{};
}

} // namespace oakum::simulation
