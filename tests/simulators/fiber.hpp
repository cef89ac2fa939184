// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace oakum::simulation {

// Code that blocks, inside a world of one thread: it runs until it suspends, and goes on when it is resumed.
// What it does between is one event of the world. Never suspend while an exception is being handled.
class Fiber {
  public:
    // Thrown out of `suspend` in a fiber that is killed: its stack unwinds as after a power cut.
    struct Killed {};

    explicit Fiber(std::function<void()> body);
    ~Fiber(); // kills what has not ended
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    // Runs it until it suspends or ends; not from within a fiber.
    void resume();
    void kill();
    bool ended() const;
    // From within: back to who resumed it.
    static void suspend();

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

} // namespace oakum::simulation
