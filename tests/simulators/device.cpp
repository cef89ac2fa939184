// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <algorithm>

namespace oakum::simulation {
namespace {

using base::Result;
using base::Status;
using updates::Piece;

constexpr std::uint32_t kTries = 3; // of the boot loader
constexpr std::size_t kPiece = 700;

// "URI FROM TO SERIAL"
struct Certificate {
    std::string uri, serial;
    std::int64_t from = 0, to = 0;
};
Certificate parse(const std::string& text) {
    Certificate certificate;
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    if (words.size() != 4) return certificate;
    return {words[0], words[3], std::strtoll(words[1].c_str(), nullptr, 10),
            std::strtoll(words[2].c_str(), nullptr, 10)};
}

std::string_view word(Behaviour behaviour) {
    switch (behaviour) {
    case Behaviour::good:
        return "good";
    case Behaviour::ill:
        return "ill";
    case Behaviour::falls_ill:
        return "falls ill";
    case Behaviour::dead:
        return "dead";
    case Behaviour::mislabelled:
        return "mislabelled";
    }
    return "";
}

} // namespace

Device::Device(World& world, const Firmwares& firmwares, Made made)
    : world_(world), firmwares_(firmwares), made_(std::move(made)) {
    const std::string& image = *world_.blobs().find(made_.factory.hex());
    flash_.slots["a"] = {image, image.size()};
    flash_.slots["b"] = {};
    flash_.env.images["a"] = {made_.factory, image.size(), firmwares_.at(made_.factory.hex()).version};
    begin_after(std::chrono::seconds(world_.scheduler().draw(30)));
}

Device::~Device() {
    fiber_.reset(); // while everything that its stack refers to is still there
}

// ---- power

void Device::begin_after(base::Duration time) {
    world_.scheduler().at(time, [this] {
        if (fiber_ || off_) return;
        fiber_ = std::make_unique<Fiber>([this] { live(); });
        wake();
    });
}

void Device::wake() {
    ++ticket_;
    fiber_->resume();
    if (!fiber_->ended()) return;
    fiber_.reset();
    if (world_.broken()) return;
    lose(std::exchange(end_, End::none));
}

void Device::kill() {
    if (!fiber_) return;
    end_ = world_.scheduler().chance(500) ? End::power : End::process;
    ++ticket_;
    fiber_->kill();
    fiber_.reset();
    lose(std::exchange(end_, End::none));
}

void Device::lose(End end) {
    world_.note(made_.serial, end == End::process ? "the process dies" : "the power goes");
    if (end != End::process) {
        if (end == End::power) {
            // What was not synced is torn: some of it, and its last byte may be anything.
            const auto tear = [this](std::string& bytes, std::size_t& synced) {
                if (bytes.size() > synced) {
                    bytes.resize(synced + world_.scheduler().draw(bytes.size() - synced + 1));
                    if (bytes.size() > synced && chance(500'000))
                        bytes.back() = static_cast<char>(~bytes.back());
                }
                synced = bytes.size();
            };
            tear(flash_.staging, flash_.staging_synced);
            for (auto& [name, slot] : flash_.slots)
                tear(slot.bytes, slot.synced);
            // A flash that fails takes a file with it.
            if (!healed_ && chance(20'000))
                flash_.state["state.json"].resize(flash_.state["state.json"].size() / 2);
        } else {
            flash_.staging_synced = flash_.staging.size();
        }
        running_.clear(); // the boot loader decides
    }
    begin_after(std::chrono::milliseconds(500 + world_.scheduler().draw(60'000)));
}

void Device::sleep(base::Duration time) {
    world_.scheduler().at(time, [this, ticket = ticket_] {
        if (ticket == ticket_ && fiber_) wake();
    });
    Fiber::suspend();
}

bool Device::chance(std::uint64_t in_a_million) {
    return world_.scheduler().draw(1'000'000) < in_a_million;
}

void Device::moment() {
    if (healed_) return;
    if (chance(made_.kills)) {
        end_ = chance(500'000) ? End::power : End::process;
        throw Fiber::Killed{};
    }
    // Sometimes the rest of the world goes on in the middle of an act.
    if (chance(30'000)) sleep(base::Duration(world_.scheduler().draw(40)));
}

bool Device::disk_full() {
    return !healed_ && chance(3'000);
}

// ---- what the boot loader does

const Firmware& Device::firmware(const std::string& slot) const {
    static const Firmware none{"", Behaviour::dead, {}};
    const auto image = flash_.env.images.find(slot);
    if (image == flash_.env.images.end()) return none;
    const auto found = firmwares_.find(image->second.digest.hex());
    return found == firmwares_.end() ? none : found->second;
}

void Device::must_be_sound(const std::string& slot, const std::string& when) {
    const std::string who = made_.serial + ", " + when + ": slot " + slot;
    const auto image = flash_.env.images.find(slot);
    if (image == flash_.env.images.end()) return world_.fail(who + " holds nothing that can be started");
    if (base::sha256(flash_.slots[slot].bytes) != image->second.digest)
        return world_.fail(who + " would start an image that is not what was verified");
    const auto known = firmwares_.find(image->second.digest.hex());
    if (known == firmwares_.end()) return world_.fail(who + " holds an image that nobody signed");
    const auto& models = known->second.models;
    if (std::ranges::find(models, made_.model) == models.end())
        return world_.fail(who + " holds an image for another model");
}

void Device::hold_invariants(const std::string& when) {
    must_be_sound(flash_.env.active, when);
    if (!flash_.env.trying.empty()) must_be_sound(flash_.env.trying, when);
    const Behaviour stays = firmware(flash_.env.active).behaviour;
    if (stays == Behaviour::ill || stays == Behaviour::dead || stays == Behaviour::mislabelled)
        world_.fail(made_.serial + ", " + when + ": the slot that stays holds firmware that is " +
                    std::string(word(stays)));
}

void Device::boot() {
    for (;;) {
        moment();
        agent::BootChoice choice = agent::choose(flash_.env);
        flash_.env = choice.env;
        if (choice.slot.empty()) return world_.fail(made_.serial + " has no slot that can be started");
        must_be_sound(choice.slot, "starting");
        moment();
        ++boots_;
        world_.note(made_.serial, "starts slot " + choice.slot + " with " + firmware(choice.slot).version +
                                      " (" + std::string(word(firmware(choice.slot).behaviour)) + ")");
        up_since_ = steady();
        if (firmware(choice.slot).behaviour != Behaviour::dead) {
            running_ = choice.slot;
            break;
        }
        sleep(std::chrono::seconds(30)); // its watchdog
    }
}

// ---- the agent's life

void Device::live() {
    if (running_.empty()) boot();
    hold_invariants("after the start");
    while (flash_.certificate.empty())
        enrol();
    native::Client server(*this);
    Files state(*this, flash_.state), trusted(*this, flash_.trust);
    updates::TrustedTargets trust(server, trusted, reader_);
    updates::Settings settings;
    settings.model = made_.model;
    settings.hw_revision = made_.hw_revision;
    settings.spare_bytes = 1000;
    settings.health_window = std::chrono::seconds(20);
    settings.inventory_interval = std::chrono::hours(48);
    if (made_.number % 4 == 1) settings.bytes_per_second = 4000;
    updates::Agent agent(
        {server, server, trust, state, *this, *this, *this, *this, *this, *this, *this, *this, *this},
        settings);
    struct Shown {
        updates::Agent*& shown;
        ~Shown() { shown = nullptr; }
    };
    while (!agent.start().ok())
        sleep(std::chrono::seconds(5));
    const Shown guard{agent_};
    agent_ = &agent;
    for (;;) {
        const base::Duration wait = agent.step();
        hold_invariants("in phase " + std::string(install::to_string(agent.state().phase)));
        if (world_.broken()) throw Fiber::Killed{};
        sleep(std::max<base::Duration>(wait, std::chrono::milliseconds(1)));
    }
}

// As the verb `oakum-agent enroll` does, by a technician who does not give up.
void Device::enrol() {
    native::Client server(*this);
    wire::EnrollRequest request;
    request.token = made_.token;
    request.csr_pem = "csr of " + made_.serial;
    request.serial = made_.serial;
    request.model = made_.model;
    request.hw_revision = made_.hw_revision;
    request.facts = {{"site", made_.site}, {"firmware_version", runs()}};
    const auto reply = server.enroll(request);
    if (!reply.ok() || reply->trust_root.empty())
        return sleep(healed_ ? base::Duration(std::chrono::hours(12))
                             : base::Duration(std::chrono::seconds(5 + world_.scheduler().draw(40))));
    moment();
    flash_.trust.try_emplace("root.json", reply->trust_root);
    moment();
    flash_.certificate = reply->certificate_pem;
    moment();
    world_.note(made_.serial, "is " + reply->device);
}

void Device::give_token(std::string token) {
    made_.token = std::move(token);
    flash_.certificate.clear();
    if (!fiber_) return;
    end_ = End::process;
    ++ticket_;
    fiber_->kill();
    fiber_.reset();
    lose(std::exchange(end_, End::none));
}

void Device::switch_off() {
    off_ = true;
    kill();
}

std::optional<device::DeviceId> Device::id() const {
    if (flash_.certificate.empty()) return std::nullopt;
    const Certificate own = parse(flash_.certificate);
    auto id = device::DeviceId::parse(own.uri.substr(own.uri.rfind(':') + 1));
    return id.ok() ? std::optional(*id) : std::nullopt;
}

std::string Device::runs() const {
    const Firmware& runs = firmware(running_.empty() ? flash_.env.active : running_);
    return runs.behaviour == Behaviour::mislabelled ? "0.9" : runs.version;
}

std::optional<base::Duration> Device::healthy_with(const std::string& version) const {
    const auto found = healthy_with_.find(version);
    return found == healthy_with_.end() ? std::nullopt : std::optional(found->second);
}

// ---- ports::HttpClient

Result<ports::HttpResponse> Device::ask(const ports::ClientRequest& request) {
    moment();
    ports::HttpRequest carried;
    carried.method = request.method;
    carried.path = request.target;
    carried.headers = request.headers;
    carried.body = request.body;
    carried.peer.address = "10.0.0." + std::to_string(made_.number + 1);
    if (!flash_.certificate.empty()) {
        const Certificate own = parse(flash_.certificate);
        carried.peer.certificate = base::sha256(flash_.certificate);
        carried.peer.certificate_uri = own.uri;
        carried.peer.certificate_serial = own.serial;
    }
    // Shared with answers that may come after this call gave up.
    auto answer = std::make_shared<std::optional<Result<ports::HttpResponse>>>();
    world_.carry(made_.serial, std::move(carried),
                 [this, answer, ticket = ticket_](Result<ports::HttpResponse> heard) {
                     if (ticket != ticket_ || !fiber_) return;
                     answer->emplace(std::move(heard));
                     wake();
                 });
    sleep(std::min<base::Duration>(request.timeout, std::chrono::seconds(30)));
    moment();
    if (!*answer) return base::unavailable("no answer in time");
    return std::move(**answer);
}

Result<ports::ClientResponse> Device::exchange(const ports::ClientRequest& request) {
    TRY_VALUE(ports::HttpResponse response, ask(request));
    ports::ClientResponse heard;
    heard.status = response.status;
    for (auto& [name, value] : response.headers) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        heard.headers.emplace_back(std::move(lower), value);
    }
    if (auto* text = std::get_if<std::string>(&response.body)) heard.body = std::move(*text);
    // A mirror that serves metadata may serve anything.
    if (!healed_ && request.target.starts_with("/device/v1/tuf/") && !heard.body.empty() && chance(5'000))
        heard.body[world_.scheduler().draw(heard.body.size())] ^= 1;
    if (heard.body.size() > request.response_limit) return base::too_large("the answer is too long");
    return heard;
}

Result<ports::ClientResponse> Device::stream(const ports::ClientRequest& request,
                                             const std::function<Status(base::ByteView)>& piece) {
    TRY_VALUE(ports::HttpResponse response, ask(request));
    ports::ClientResponse heard;
    heard.status = response.status;
    for (auto& [name, value] : response.headers)
        if (name == "Content-Range") heard.headers.emplace_back("content-range", value);
    const auto* file = std::get_if<ports::FileRange>(&response.body);
    if (heard.status / 100 != 2 || file == nullptr) return heard;
    const std::uint64_t life = world_.server_life();
    const std::string bytes = world_.blobs().find(file->path.string())->substr(file->offset, file->length);
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
        sleep(base::Duration(world_.scheduler().draw(healed_ ? 10 : 400)));
        moment();
        if (world_.server_life() != life || (!healed_ && chance(15'000)))
            return base::unavailable("the connection broke");
        std::string part = bytes.substr(at, kPiece);
        if (!healed_ && chance(4'000)) part[world_.scheduler().draw(part.size())] ^= 4;
        TRY(piece(base::as_bytes(part)));
    }
    return heard;
}

// ---- files

Result<std::optional<std::string>> Device::Files::load(const std::string& name) {
    const auto found = files_.find(name);
    return found == files_.end() ? std::optional<std::string>() : std::optional(found->second);
}

Status Device::Files::save(const std::string& name, std::string_view text) {
    device_.moment();
    if (device_.disk_full()) return base::unavailable("the disk is full");
    files_[name] = text;
    device_.moment();
    return {};
}

Status Device::Files::remove(const std::string& name) {
    device_.moment();
    files_.erase(name);
    return {};
}

Result<std::vector<std::string>> Device::Files::names() {
    std::vector<std::string> names;
    for (const auto& [name, text] : files_)
        names.push_back(name);
    return names;
}

Status Device::append(base::ByteView piece) {
    moment();
    if (disk_full()) return base::unavailable("the disk is full");
    flash_.staging += base::as_text(piece);
    return {};
}

Status Device::sync() {
    moment();
    flash_.staging_synced = flash_.staging.size();
    moment();
    return {};
}

Status Device::read(const Piece& piece) {
    const std::string copy = flash_.staging;
    for (std::size_t at = 0; at < copy.size(); at += kPiece)
        TRY(piece(base::as_bytes(std::string_view(copy).substr(at, kPiece))));
    return {};
}

Status Device::clear() {
    moment();
    flash_.staging.clear();
    flash_.staging_synced = 0;
    return {};
}

// ---- slots, as apps/agent keeps them

Status Device::begin() {
    const std::string spare = agent::other_slot(running_);
    if (flash_.env.active == spare) return base::conflict("this slot is the one to be started");
    moment();
    flash_.env.images.erase(spare);
    if (flash_.env.trying == spare) flash_.env.trying.clear();
    moment();
    flash_.slots[spare] = {};
    return {};
}

Status Device::write(base::ByteView piece) {
    Slot& slot = flash_.slots[agent::other_slot(running_)];
    moment();
    slot.bytes += base::as_text(piece.first(piece.size() / 2));
    moment();
    slot.bytes += base::as_text(piece.subspan(piece.size() / 2));
    // A worn cell holds something else, and says nothing. Who plants a bug that only such a cell shows has
    // many.
    const bool worn = chance(world_.planted(Planted::blind_read_back) ? 40'000 : 2'000);
    if (!healed_ && worn) slot.bytes.back() ^= 16;
    return {};
}

Status Device::finish() {
    Slot& slot = flash_.slots[agent::other_slot(running_)];
    moment();
    slot.synced = slot.bytes.size();
    moment();
    return {};
}

Status Device::read_back(const updates::Image& image) {
    moment();
    // A reader that trusts its cache would not see a worn cell.
    const bool blind = world_.planted(Planted::blind_read_back);
    const std::string& bytes = blind ? flash_.staging : flash_.slots[agent::other_slot(running_)].bytes;
    if (base::sha256(std::string_view(bytes).substr(0, image.length)) != image.digest)
        return base::corrupt("the slot holds something else");
    return {};
}

Result<updates::BootView> Device::view() {
    updates::BootView view;
    view.running = running_;
    view.spare = agent::other_slot(running_);
    view.trying = flash_.env.trying;
    view.running_version = runs();
    const auto image = flash_.env.images.find(running_);
    if (image != flash_.env.images.end()) view.image = image->second;
    view.boot_id = made_.serial + "-" + std::to_string(boots_);
    return view;
}

Status Device::activate(const updates::Image& image) {
    moment();
    const std::string spare = agent::other_slot(running_);
    flash_.env.images[spare] = image;
    flash_.env.trying = spare;
    flash_.env.tries_left = kTries;
    moment();
    return {};
}

Status Device::restart() {
    moment();
    running_.clear();
    // Some agents live in the slot and die with it, others see both.
    if (made_.number % 2 == 0) {
        end_ = End::restart;
        throw Fiber::Killed{};
    }
    boot();
    moment();
    return {};
}

Status Device::mark_good() {
    moment();
    if (flash_.env.trying == running_) {
        flash_.env.active = running_;
        flash_.env.trying.clear();
        flash_.env.tries_left = 0;
    }
    moment();
    return {};
}

Status Device::fall_back(const std::string& bad) {
    moment();
    const std::string other = agent::other_slot(bad);
    if (!flash_.env.images.contains(other)) return base::conflict("there is no other slot to fall back to");
    agent::BootEnv env = agent::condemn(flash_.env, bad);
    env.active = other;
    flash_.env = env;
    moment();
    return {};
}

// ---- Health, Inventory, Identity, LogSink

updates::HealthState Device::check() {
    const Firmware& runs = firmware(running_);
    const std::string key = runs.version;
    auto [allergic, fresh] = allergic_.try_emplace(key, false);
    if (fresh && running_ == flash_.env.trying) allergic->second = !healed_ && chance(60'000);
    const bool late = runs.behaviour == Behaviour::falls_ill && running_ == flash_.env.active &&
                      steady() - up_since_ > std::chrono::seconds(15) &&
                      flash_.env.images.contains(agent::other_slot(running_));
    const bool ill = runs.behaviour == Behaviour::ill || late || allergic->second;
    if (ill || (!healed_ && chance(20'000))) return {false, "no uplink"};
    healthy_with_[this->runs()] = steady();
    return {true, ""};
}

Result<wire::InventoryMessage> Device::collect() {
    wire::InventoryMessage message;
    message.facts = {{"firmware_version", runs()}, {"kernel", "6.1." + runs()}};
    component::Component busybox;
    busybox.name = "busybox";
    busybox.version = runs();
    message.components.push_back(busybox);
    return message;
}

Result<std::string> Device::request() {
    return "csr of key " + std::to_string(flash_.keys + 1) + " of " + made_.serial;
}

Status Device::adopt(const std::string& certificate_pem) {
    const Certificate fresh = parse(certificate_pem);
    if (fresh.serial.empty()) return base::invalid("this is no certificate");
    moment();
    flash_.certificate = certificate_pem;
    ++flash_.keys;
    moment();
    return {};
}

void Device::write(base::LogLevel, std::string_view, std::string_view text) {
    world_.note(made_.serial, text);
}

} // namespace oakum::simulation
