// SPDX-License-Identifier: Apache-2.0
#include <outbound/courier.hpp>

#include "transfer.hpp"

#include <atomic>
#include <condition_variable>
#include <curl/curl.h>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace oakum::outbound {

struct CurlCourier::Parts {
    explicit Parts(CourierOptions given) : options(given) {}

    struct Order {
        ports::Parcel parcel;
        std::function<void(base::Status)> done;
    };
    const CourierOptions options;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Order> queue; // guarded by mutex
    std::atomic<bool> ending{false};
    std::thread thread;

    void serve() {
        for (;;) {
            Order order;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [this] { return ending || !queue.empty(); });
                if (ending) return;
                order = std::move(queue.front());
                queue.pop_front();
            }
            order.done(carry(order.parcel, options, ending));
        }
    }
};

CurlCourier::CurlCourier(CourierOptions options) : parts_(std::make_unique<Parts>(options)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    parts_->thread = std::thread([parts = parts_.get()] { parts->serve(); });
}

CurlCourier::~CurlCourier() {
    {
        const std::lock_guard lock(parts_->mutex);
        parts_->ending = true;
    }
    parts_->changed.notify_one();
    parts_->thread.join();
    for (Parts::Order& order : parts_->queue)
        order.done(base::unavailable("the server is ending"));
    curl_global_cleanup();
}

void CurlCourier::deliver(ports::Parcel parcel, std::function<void(base::Status)> done) {
    {
        const std::lock_guard lock(parts_->mutex);
        if (!parts_->ending && parts_->queue.size() < parts_->options.queue_limit) {
            parts_->queue.push_back({std::move(parcel), std::move(done)});
            done = nullptr;
        }
    }
    if (done) return done(base::unavailable("too many messages wait to be delivered"));
    parts_->changed.notify_one();
}

} // namespace oakum::outbound
