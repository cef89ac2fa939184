// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <system/clock.hpp>
#include <system/shutdown.hpp>
#include <system/stderr_log.hpp>
#include <system/threads.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>

using namespace oakum;
using namespace oakum::system;
using std::chrono::milliseconds;

TEST_CASE("what is posted to a stopped executor is dropped, and what was posted before is done") {
    ThreadExecutor executor;
    int done = 0;
    executor.post([&] { ++done; });
    executor.stop();
    executor.post([&] { done += 10; });
    executor.post_after(base::Duration(0), [&] { done += 100; });
    executor.stop();
    CHECK(done == 1);
}

TEST_CASE("a pool refuses work beyond its queue and finishes what it took") {
    std::promise<void> open;
    const std::shared_future<void> gate(open.get_future());
    std::promise<void> begun;
    std::atomic<int> done{0};
    {
        ThreadPool pool(1, 2);
        REQUIRE(pool.submit([&] {
            begun.set_value();
            gate.wait();
            ++done;
        }));
        begun.get_future().wait();
        CHECK(pool.submit([&] { ++done; }));
        CHECK(pool.submit([&] { ++done; }));
        CHECK_FALSE(pool.submit([&] { ++done; }));
        open.set_value();
    }
    CHECK(done == 3);
}

TEST_CASE("an executor runs work in order on one thread, and timers when they are due") {
    std::vector<int> order;
    std::promise<void> late;
    {
        ThreadExecutor executor;
        executor.post_after(milliseconds(30), [&] {
            order.push_back(3);
            late.set_value();
        });
        executor.post_after(milliseconds(1), [&] { order.push_back(2); });
        executor.post_after(std::chrono::hours(1), [&] { order.push_back(4); });
        executor.post([&] { order.push_back(0); });
        executor.post([&] { order.push_back(1); });
        late.get_future().wait();
    }
    CHECK(order == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("what a stopped executor drops is gone when it has stopped, and may post as it goes") {
    ThreadExecutor executor;
    struct Posts {
        ThreadExecutor& to;
        std::atomic<int>& ended;
        Posts(ThreadExecutor& executor, std::atomic<int>& count) : to(executor), ended(count) {}
        Posts(const Posts&) = delete;
        Posts& operator=(const Posts&) = delete;
        ~Posts() {
            to.post([] {});
            ++ended;
        }
    };
    std::atomic<int> ended{0};
    executor.post([held = std::make_shared<Posts>(executor, ended)] {});
    executor.post_after(std::chrono::hours(1), [held = std::make_shared<Posts>(executor, ended)] {});
    executor.stop();
    CHECK(ended == 2);
}

TEST_CASE("the monotonic clock does not go back and the wall clock is of this century") {
    SystemClock clock;
    const auto before = clock.steady();
    CHECK(clock.steady() >= before);
    CHECK(clock.now() > base::parse_time("2020-01-01").value());
}

TEST_CASE("random bytes differ") {
    SystemRandom random;
    std::array<std::uint8_t, 32> a{};
    std::array<std::uint8_t, 32> b{};
    random.fill(a);
    random.fill(b);
    CHECK(a != b);
    random.fill({});
}

TEST_CASE("a signal to shut down is a value, and none comes by itself") {
    ShutdownSignal signals;
    CHECK(signals.wait(milliseconds(1)) == 0);
    REQUIRE(raise(SIGTERM) == 0);
    CHECK(signals.wait(std::chrono::seconds(5)) == SIGTERM);
}

TEST_CASE("text from outside cannot forge a log line or steer a terminal") {
    CHECK(escape_for_log("plain, gr\xc3\xbc\xc3\x9f dich") == "plain, gr\xc3\xbc\xc3\x9f dich");
    CHECK(escape_for_log("a\nb\x1b[31mc\x7f") == "a\\nb\\x1b[31mc\\x7f");
    CHECK(escape_for_log("\xff\xc3") == "\\xff\\xc3");
    CHECK(escape_for_log("\xc2\x9b") == "\\xc2\\x9b");
    CHECK(escape_for_log("\xe2\x80\xae") == "\\xe2\\x80\\xae");
    CHECK(escape_for_log("\xe2\x82\xac") == "\xe2\x82\xac");
    CHECK(escape_for_log(std::string(100'000, 'x')).size() < 9000);
}

TEST_CASE("a log line names time, level and area, and lines below the level are dropped") {
    struct Fixed final : ports::Clock {
        base::TimePoint now() override { return base::parse_time("2026-11-22T16:03:00Z").value(); }
        base::Duration steady() override { return {}; }
    } clock;
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    StderrLog log(base::LogLevel::info, clock, LogFormat::text, ends[1]);
    log.write(base::LogLevel::debug, "http", "quiet");
    log.write(base::LogLevel::warning, "http", "a\nb");
    char text[200];
    const ssize_t got = read(ends[0], text, sizeof text);
    CHECK(std::string(text, static_cast<std::size_t>(got)) == "2026-11-22T16:03:00Z warning http: a\\nb\n");
    close(ends[0]);
    close(ends[1]);
}
