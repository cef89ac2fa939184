// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include "house_parts.hpp"

#include <backup/restore.hpp>

namespace oakum::server {

House::Parts::~Parts() {
    if (server) server->stop(std::chrono::seconds(5));
    if (coap) coap->stop();
    if (writer) writer->stop();
    if (blobs) blobs->stop();
    if (watcher) watcher->stop();
    if (outbox) outbox->stop();
    if (sync) sync->stop();
    if (connector_sync) connector_sync->stop();
    if (declaring) declaring->stop();
    if (waking) waking->stop();
    apns.reset();
    if (fetcher) fetcher->stop();
    if (single_sign_on) single_sign_on->stop();
    if (rollouts_service) rollouts_service->stop_rehearsals();
    // Work that is queued may touch everything above: the threads end first. They stay as things to post to:
    // timers of the engine and what its commands answer may still do so.
    for (const auto* thread : {&asks, &searches, &plays, &fetches, &management_fetches, &source_tests, &looks,
                               &copies, &care, &work, &slow, &background})
        if (*thread) (*thread)->stop();
    courier.reset();
    // The journal goes after the thread that gives it batches. What was not answered by then is as after a
    // crash.
    if (engine) engine->stop();
    journal.reset();
}

House::House(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
House::~House() = default;

base::Result<std::unique_ptr<House>> House::open(Options options, base::LogSink& log) {
    TRY(system::make_private_folder(options.data));
    auto lock = system::FileLock::acquire(options.data / "lock");
    if (!lock.ok()) return std::move(lock).error().wrap("opening " + options.data.string());
    TRY(backup::settle(options.data));
    system::SystemClock clock;
    system::SystemRandom random;
    TRY_VALUE(Keys keys, load_or_make_keys(options.data, clock, random));
    auto parts =
        std::make_unique<Parts>(OAKUM_VERSION, std::move(options), log, std::move(*lock), std::move(keys));
    TRY(parts->open_store());
    TRY(parts->start_engine());
    TRY(parts->start_trust());
    TRY(parts->keep_settings());
    TRY(parts->start_apple());
    parts->make_services();
    TRY(parts->listen());
    TRY(parts->listen_for_lwm2m());
    parts->keep_time();
    parts->watcher->start();
    parts->outbox->start();
    TRY(parts->greet());
    return std::unique_ptr<House>(new House(std::move(parts)));
}

std::string House::address() const {
    return parts_->public_address();
}
std::string House::welcome() const {
    return parts_->welcome;
}
void House::close() {
    parts_->server->stop(std::chrono::seconds(10));
    if (parts_->coap) parts_->coap->stop();
}

} // namespace oakum::server
