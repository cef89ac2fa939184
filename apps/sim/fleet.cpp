// SPDX-License-Identifier: Apache-2.0
#include "fleet.hpp"

#include <algorithm>
#include <future>
#include <http/client.hpp>
#include <map>
#include <metadata/reader.hpp>
#include <pki/key.hpp>
#include <pki/request.hpp>
#include <trust/client.hpp>

namespace oakum::sim {

namespace {

constexpr unsigned kReportTries = 60;
constexpr base::Duration kReportPause = std::chrono::seconds(1);

ports::ClientRequest json_request(ports::Method method, std::string target, std::string body) {
    ports::ClientRequest request;
    request.method = method;
    request.target = std::move(target);
    request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    request.response_limit = 1 << 20;
    request.timeout = std::chrono::seconds(60);
    return request;
}

base::Error status_error(const ports::ClientResponse& response) {
    return base::unavailable("status " + std::to_string(response.status) + ": " +
                             response.body.substr(0, 300));
}

} // namespace

struct Fleet::Device {
    std::string serial;
    std::size_t model = 0;
    std::string version;
    std::string site;
    std::uint64_t boots = 1;
    http::MultiClient::Member member = 0;
    std::uint64_t desired = 0;
    std::string inventory;
    bool gone = false;
    // What is under way.
    std::string deployment;
    wire::Offer offer;
    std::uint64_t sequence = 0;
    bool busy = false;
};

// The signed targets, verified once for all devices of this process with the TUF client that agents use.
struct Fleet::Targets {
    http::ClientOptions connection;
    std::string root;
    trust::Client::Stored stored;
    std::map<std::string, trust::TargetFile> known;

    base::Result<trust::TargetFile> find(const std::string& path, base::TimePoint now) {
        if (const auto found = known.find(path); found != known.end()) return found->second;
        TRY_VALUE(const auto client, http::Client::make(connection));
        if (stored.empty()) {
            const base::ByteView bytes = base::as_bytes(root);
            stored["root.json"] = base::Bytes(bytes.begin(), bytes.end());
        }
        const metadata::JsonReader reader;
        trust::Client tuf(stored, now, reader);
        trust::Step step = tuf.look_up(path);
        for (;;) {
            for (const trust::Effect& effect : step.effects) {
                if (const auto* keep = std::get_if<trust::Persist>(&effect))
                    stored[keep->file] = keep->bytes;
                else
                    stored.erase(std::get<trust::Remove>(effect).file);
            }
            if (const auto* found = std::get_if<trust::Found>(&step.next)) return known[path] = found->file;
            if (std::holds_alternative<trust::NotListed>(step.next))
                return base::denied("the signed targets do not list " + path);
            if (const auto* failed = std::get_if<trust::Failed>(&step.next)) return failed->error;
            const auto* fetch = std::get_if<trust::Fetch>(&step.next);
            if (fetch == nullptr) return base::bug("the trust client asked for nothing");
            ports::ClientRequest request;
            request.target = "/device/v1/tuf/" + fetch->name;
            request.response_limit = fetch->max_bytes + 1;
            auto response = client->exchange(request);
            if (!response.ok())
                step = tuf.failed(response.error());
            else if (response->status == 404)
                step = tuf.missing();
            else if (response->status != 200)
                step = tuf.failed(status_error(*response));
            else
                step = tuf.received(base::as_bytes(response->body));
        }
    }
};

Fleet::Fleet(Options options, ports::Executor& executor, ports::Clock& clock, base::LogSink& log)
    : options_(std::move(options)), executor_(executor), clock_(clock), log_(log),
      random_(static_cast<std::minstd_rand::result_type>(options_.seed)),
      targets_(std::make_unique<Targets>()) {
    std::uint32_t parts = 0;
    for (const Model& model : options_.models)
        parts += model.parts;
    for (std::size_t i = 0; i < options_.devices; ++i) {
        auto device = std::make_unique<Device>();
        auto part = static_cast<std::uint32_t>(random_() % parts);
        while (part >= options_.models[device->model].parts)
            part -= options_.models[device->model++].parts;
        device->serial = "SIM" + std::to_string(options_.seed) + "-" + std::to_string(100'000 + i).substr(1);
        device->version = options_.models[device->model].version;
        device->site = options_.sites[random_() % options_.sites.size()];
        devices_.push_back(std::move(device));
    }
}

Fleet::~Fleet() = default;

void Fleet::enrol_next(std::size_t index, std::function<void(base::Status)> done) {
    Device& device = *devices_[index];
    auto key = pki::PrivateKey::generate(pki::KeyKind::p256);
    auto csr = key.ok() ? pki::make_request(*key, device.serial) : base::Result<std::string>(key.error());
    if (!csr.ok()) return done(csr.error());
    wire::EnrollRequest request;
    request.token = options_.token;
    request.csr_pem = *csr;
    request.serial = device.serial;
    request.model = options_.models[device.model].name;
    request.hw_revision = "B";
    request.facts = {{"site", device.site},
                     {"firmware_version", device.version},
                     {"kind", device.model == 0 ? "gateway" : "camera"},
                     {"platform", "linux"}};
    const base::Status sent = client_->submit(
        0, json_request(ports::Method::post, "/device/v1/enroll", wire::encode(request)),
        [this, index, key = std::move(*key), done](base::Result<ports::ClientResponse> response) {
            executor_.post([this, index, key, done, response = std::move(response)] {
                if (!response.ok()) return done(response.error());
                if (response->status != 200 && response->status != 201) return done(status_error(*response));
                const auto reply = wire::decode_enroll_reply(response->body);
                const auto secret = key.secret_pem();
                if (!reply.ok() || !secret.ok()) return done(reply.ok() ? secret.error() : reply.error());
                const http::ClientIdentity identity{reply->certificate_pem, *secret};
                const auto member = client_->add(identity);
                if (!member.ok()) return done(member.error());
                devices_[index]->member = *member;
                if (targets_->root.empty()) {
                    targets_->root = reply->trust_root;
                    targets_->connection.identity = identity;
                }
                ++tally_.enrolled;
                done({});
            });
        });
    if (!sent.ok()) done(sent);
}

base::Status Fleet::enrol() {
    http::MultiClientOptions options;
    options.host = options_.host;
    options.port = options_.port;
    options.trust.ca_fingerprint = options_.ca_fingerprint;
    options.queue_limit = 64;
    TRY_VALUE(client_, http::MultiClient::start(std::move(options)));
    TRY(client_->add({})); // member 0 has no identity: it enrols the others
    targets_->connection.host = options_.host;
    targets_->connection.port = options_.port;
    targets_->connection.trust.ca_fingerprint = options_.ca_fingerprint;

    struct Progress {
        std::size_t next = 0, ended = 0;
        std::promise<base::Status> finished;
        bool told = false;
    };
    auto progress = std::make_shared<Progress>();
    auto step = std::make_shared<std::function<void()>>();
    *step = [this, progress, step] {
        if (progress->next >= devices_.size()) return;
        const std::size_t index = progress->next++;
        enrol_next(index, [this, progress, step](base::Status status) {
            ++progress->ended;
            if (!status.ok() && !progress->told) {
                progress->told = true;
                progress->finished.set_value(status);
                return;
            }
            if (progress->ended == devices_.size() && !progress->told) {
                progress->told = true;
                progress->finished.set_value({});
            }
            // Gone once somebody was refused: the others end with nobody after them.
            if (*step) (*step)();
        });
    };
    executor_.post([step] {
        for (int i = 0; i < 16; ++i)
            (*step)();
    });
    base::Status done = progress->finished.get_future().get();
    // On the executor, after the last turn that uses it: it refers to itself.
    executor_.post([step] { *step = nullptr; });
    return done;
}

void Fleet::start() {
    executor_.post([this] {
        for (std::size_t i = 0; i < devices_.size(); ++i)
            poll_in(i, base::Duration(static_cast<std::int64_t>(random_() % 3000)));
    });
}

void Fleet::poll_in(std::size_t index, base::Duration delay) {
    executor_.post_after(delay, [this, index] { poll(index); });
}

void Fleet::poll(std::size_t index) {
    Device& device = *devices_[index];
    if (device.gone) return;
    wire::PollRequest request;
    request.desired = device.desired;
    request.running_version = device.version;
    request.inventory = device.inventory;
    request.boot_id = device.serial + "/" + std::to_string(device.boots);
    request.slot = device.boots % 2 == 1 ? "a" : "b";
    ++tally_.polls;
    const base::Status sent = client_->submit(
        device.member, json_request(ports::Method::post, "/device/v1/poll", wire::encode(request)),
        [this, index](base::Result<ports::ClientResponse> response) {
            executor_.post([this, index, response = std::move(response)]() mutable {
                polled(index, std::move(response));
            });
        });
    if (!sent.ok()) poll_in(index, options_.longest_poll);
}

void Fleet::polled(std::size_t index, base::Result<ports::ClientResponse> response) {
    Device& device = *devices_[index];
    base::Duration pause = options_.longest_poll;
    if (!response.ok() || (response->status != 200 && response->status != 304)) {
        ++tally_.errors;
        if (response.ok() && tally_.errors < 5)
            log_.write(base::LogLevel::warning, "sim", device.serial + ": " + status_error(*response).text());
    } else if (response->status == 200) {
        const auto reply = wire::decode_poll_reply(response->body);
        if (!reply.ok()) {
            ++tally_.errors;
        } else {
            device.desired = reply->desired;
            pause = std::min<base::Duration>(pause, std::chrono::seconds(reply->poll_seconds));
            if (reply->send_inventory) send_inventory(index);
            if (reply->offer && !reply->offer->withdrawn && !device.busy &&
                reply->offer->deployment + "/" + std::to_string(reply->offer->attempt) != device.deployment)
                take(index, *reply->offer);
        }
    }
    // Spread by a fifth, so that a thousand devices never ask in the same instant.
    const auto jitter = static_cast<std::int64_t>(random_() % 400);
    poll_in(index, pause * (800 + jitter) / 1000);
}

void Fleet::send_inventory(std::size_t index) {
    Device& device = *devices_[index];
    wire::InventoryMessage message;
    message.facts = {{"firmware_version", device.version},
                     {"site", device.site},
                     {"kernel", "Linux 5.10"},
                     {"hw_revision", "B"}};
    const std::string body = wire::encode(message);
    device.inventory = base::sha256(body).hex();
    const base::Status sent =
        client_->submit(device.member, json_request(ports::Method::put, "/device/v1/inventory", body),
                        [this](base::Result<ports::ClientResponse> response) {
                            if (!response.ok() || response->status / 100 != 2) ++tally_.errors;
                        });
    if (!sent.ok()) ++tally_.errors;
}

void Fleet::report(std::size_t index, install::State state, install::Reason reason, std::string detail,
                   std::function<void()> then) {
    Device& device = *devices_[index];
    wire::Report message;
    message.deployment = device.offer.deployment;
    message.attempt = device.offer.attempt;
    message.sequence = ++device.sequence;
    message.state = state;
    message.reason = reason;
    message.detail = std::move(detail);
    message.running_version = device.version;
    message.boot_id = device.serial + "/" + std::to_string(device.boots);
    message.healthy = reason == install::Reason::none;
    message.progress_percent = state == install::State::downloading ? 0 : 100;
    send_report(index, std::make_shared<const std::string>(wire::encode(message)), 0, std::move(then));
}

// Reports are idempotent: the same one is sent again until the server answers, as an agent does.
void Fleet::send_report(std::size_t index, std::shared_ptr<const std::string> message, unsigned tries,
                        std::function<void()> then) {
    const auto again = [this, index, message, tries, then] {
        ++tally_.errors;
        if (tries >= kReportTries) return then();
        executor_.post_after(kReportPause, [this, index, message, tries, then] {
            send_report(index, message, tries + 1, then);
        });
    };
    const base::Status sent = client_->submit(
        devices_[index]->member, json_request(ports::Method::post, "/device/v1/report", *message),
        [this, then, again](base::Result<ports::ClientResponse> response) {
            executor_.post([this, then, again, response = std::move(response)] {
                if (!response.ok() || response->status == 429 || response->status == 503) return again();
                if (response->status != 200 && ++tally_.errors < 5)
                    log_.write(base::LogLevel::warning, "sim", status_error(*response).text());
                then();
            });
        });
    if (!sent.ok()) executor_.post(again);
}

void Fleet::take(std::size_t index, const wire::Offer& offer) {
    Device& device = *devices_[index];
    ++tally_.offers;
    device.offer = offer;
    device.deployment = offer.deployment + "/" + std::to_string(offer.attempt);
    device.sequence = 0;
    device.busy = true;
    const auto target = targets_->find(offer.target_path, clock_.now());
    if (!target.ok() && target.error().kind == base::ErrorKind::unavailable) {
        // The next poll brings the same offer again.
        ++tally_.errors;
        device.deployment.clear();
        device.busy = false;
        return;
    }
    if (!target.ok() || !target->hashes.sha256) {
        log_.write(base::LogLevel::warning, "sim",
                   device.serial + " refuses " + offer.target_path + ": " +
                       (target.ok() ? "no hash" : target.error().text()));
        device.busy = false;
        return report(index, install::State::failed, install::Reason::verification_failed,
                      "the offer is not in the signed targets", [] {});
    }
    report(index, install::State::downloading, install::Reason::none, "",
           [this, index, digest = *target->hashes.sha256, length = target->length] {
               download(index, digest, length);
           });
}

void Fleet::download(std::size_t index, const base::Digest256& digest, std::uint64_t length) {
    Device& device = *devices_[index];
    struct Received {
        base::Sha256 hash;
        std::uint64_t bytes = 0;
    };
    auto received = std::make_shared<Received>();
    ports::ClientRequest request;
    request.target = "/device/v1/artifacts/" + digest.hex();
    request.timeout = std::chrono::minutes(5);
    const base::Status sent = client_->submit(
        device.member, std::move(request),
        [this, index, received, digest, length](base::Result<ports::ClientResponse> response) {
            executor_.post([this, index, received, digest, length, response = std::move(response)] {
                tally_.bytes += received->bytes;
                Device& here = *devices_[index];
                if (!response.ok()) {
                    ++tally_.errors;
                    here.deployment.clear();
                    here.busy = false;
                    return;
                }
                if (response->status != 200) {
                    here.busy = false;
                    return report(index, install::State::failed, install::Reason::download_failed,
                                  status_error(*response).text(), [] {});
                }
                if (received->bytes != length || received->hash.finish() != digest) {
                    here.busy = false;
                    return report(index, install::State::failed, install::Reason::verification_failed,
                                  "the artifact is not the one that was signed", [] {});
                }
                report(index, install::State::installing, install::Reason::none, "", [this, index] {
                    executor_.post_after(options_.install_time, [this, index] {
                        report(index, install::State::rebooting, install::Reason::none, "",
                               [this, index] { restart(index); });
                    });
                });
            });
        },
        [received, length](base::ByteView piece) -> base::Status {
            received->bytes += piece.size();
            if (received->bytes > length) return base::too_large("more bytes than were signed");
            received->hash.update(piece);
            return {};
        });
    if (!sent.ok()) {
        device.busy = false;
        ++tally_.errors;
    }
}

void Fleet::restart(std::size_t index) {
    Device& device = *devices_[index];
    ++device.boots;
    const auto luck = static_cast<std::uint32_t>(random_() % 1000);
    if (luck < options_.silent_per_mille) {
        device.gone = true;
        ++tally_.silent;
        client_->disconnect(device.member);
        return;
    }
    if (luck < options_.silent_per_mille + options_.fail_per_mille) {
        ++device.boots; // back in the old slot
        ++tally_.fell_back;
        device.busy = false;
        return report(index, install::State::rolled_back, install::Reason::health_failed,
                      "the health check of the new firmware failed three times; back in the old slot", [] {});
    }
    device.version = device.offer.release_version;
    device.inventory.clear();
    ++tally_.installed;
    report(index, install::State::installed, install::Reason::none, "",
           [this, index] { devices_[index]->busy = false; });
}

} // namespace oakum::sim
