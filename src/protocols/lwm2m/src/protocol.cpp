// SPDX-License-Identifier: Apache-2.0
// What devices ask: registration, update, de-registration, Send, and the package itself.
#include "state.hpp"

#include <array>

namespace oakum::lwm2m {
namespace {

namespace coap = ports::coap;
using coap::Option;

constexpr std::string_view kRegister = "/rd", kSend = "/dp", kFiles = "/fw/";
constexpr std::uint32_t kBlock = 1024;

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8U | byte;
    return key;
}

base::Bytes key_of(const Settings& settings, ports::Random& random) {
    if (!settings.key.empty()) return settings.key;
    base::Bytes key(32);
    random.fill(key);
    return key;
}

CoapMessage answer(std::uint8_t code) {
    CoapMessage message;
    message.code = code;
    return message;
}

// 48 bits are 8 letters: clients keep a location in little room.
std::string text_of(std::uint64_t location) {
    std::array<std::uint8_t, 6> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes.at(i) = static_cast<std::uint8_t>(location >> (8 * (bytes.size() - 1 - i)));
    return base::to_base64url(bytes);
}

std::optional<std::uint64_t> location_in(std::string_view text) {
    const auto bytes = base::from_base64(text);
    if (!bytes.ok() || bytes->size() != 6) return std::nullopt;
    std::uint64_t location = 0;
    for (const std::uint8_t byte : *bytes)
        location = location << 8U | byte;
    return location;
}

std::uint16_t best_format(const lwm2m_data::ObjectList& objects) {
    for (const std::uint16_t format : {lwm2m_data::kSenmlCbor, lwm2m_data::kSenmlJson})
        if (objects.says(format)) return format;
    return lwm2m_data::kTlv;
}

void take_objects(Registration& registration, const lwm2m_data::ObjectList& objects) {
    registration.root = objects.root;
    registration.has_device = objects.has_object(3);
    registration.has_firmware = objects.has_object(5);
    registration.device_instance = objects.first_instance(3);
    registration.firmware_instance = objects.first_instance(5);
}

} // namespace

Lwm2mProtocol::State::State(Services given, Settings chosen)
    : services(given), settings(std::move(chosen)), addresses(lwm2m::key_of(settings, given.random)),
      devices(settings.device, 1 << 16, random_key(given.random), random_key(given.random)),
      files(settings.files, 1 << 16, random_key(given.random), random_key(given.random)),
      strangers(settings.address, 1 << 12, random_key(given.random), random_key(given.random)),
      key0(random_key(given.random)), key1(random_key(given.random)) {}

std::uint64_t Lwm2mProtocol::State::location_of(device::DeviceId device) const {
    return base::siphash24(key0, key1, base::to_bytes(device.get())) >> 16U;
}

Registration* Lwm2mProtocol::State::at(std::uint64_t location) {
    const auto held = registrations.find(location);
    return held == registrations.end() ? nullptr : held->second.get();
}

Registration* Lwm2mProtocol::State::at_link(std::uint64_t link) {
    const auto location = locations.find(link);
    return location == locations.end() ? nullptr : at(location->second);
}

void Lwm2mProtocol::State::drop(std::uint64_t location) {
    const auto held = registrations.find(location);
    if (held == registrations.end()) return;
    locations.erase(held->second->link);
    registrations.erase(held);
}

void Lwm2mProtocol::State::move_to(Registration& registration, const CoapPeer& peer) {
    registration.local = peer.local;
    if (registration.link == peer.link) return;
    locations.erase(registration.link);
    registration.link = peer.link;
    locations.insert_or_assign(peer.link, location_of(registration.device.device));
}

CoapMessage Lwm2mProtocol::State::refused(std::uint8_t code, const base::Error& error,
                                          const Caller& caller) const {
    services.log.write(base::LogLevel::info, "lwm2m",
                       coap::text(code) + " for \"" +
                           (caller.entry ? caller.entry->endpoint : caller.peer.address) +
                           "\": " + error.text());
    CoapMessage message = answer(code);
    // Who proved nothing is told nothing: an answer is never much longer than what was asked.
    if (caller.entry) message.payload = error.message.substr(0, 200);
    return message;
}

std::optional<std::uint8_t> Lwm2mProtocol::State::limited(const Caller& caller, bool file) {
    const std::string& who = caller.entry ? caller.entry->endpoint : caller.peer.address;
    auto& limit = !caller.entry ? (file ? files : strangers) : file ? files : devices;
    const auto wait = limit.take(base::siphash24(1, 2, base::as_bytes(who)), 0, now());
    return wait ? std::optional(coap::kTooManyRequests) : std::nullopt;
}

void Lwm2mProtocol::State::dispatch(Caller caller, CoapMessage request, Respond respond) {
    const std::string path = request.path();
    const bool file_asked = path.starts_with(kFiles);
    if (const auto much = limited(caller, file_asked)) return respond(answer(*much));
    if (file_asked)
        return respond(request.code == coap::kGet ? file(caller, request) : answer(coap::kNotAllowed));
    const bool is_root = path == kRegister, is_send = path == kSend;
    const bool is_own = path.starts_with("/rd/") && path.find('/', 4) == std::string::npos;
    if (!is_root && !is_send && !is_own) return respond(answer(coap::kNotFound));
    const bool is_update = is_own && (request.code == coap::kPost || request.code == coap::kPut);
    if (is_own && request.code == coap::kDelete) return respond(deregister(caller, path.substr(4)));
    if (!is_update && request.code != coap::kPost) return respond(answer(coap::kNotAllowed));
    const auto block = request.block(Option::block1);
    auto whole = bodies.take(caller.peer.link, std::move(request), now());
    if (const auto* code = std::get_if<std::uint8_t>(&whole)) {
        CoapMessage message = answer(*code);
        if (block) message.add(Option::block1, *block);
        return respond(std::move(message));
    }
    request = std::get<CoapMessage>(std::move(whole));
    if (block)
        respond = [respond = std::move(respond), block](CoapMessage message) {
            respond(std::move(message.add(Option::block1, *block)));
        };
    if (is_root) return do_register(caller, request, std::move(respond));
    respond(is_update ? update(caller, path.substr(4), request) : sent(caller, request));
}

void Lwm2mProtocol::State::do_register(const Caller& caller, const CoapMessage& request, Respond respond) {
    auto said = read_register(request);
    if (!said.ok()) {
        const bool format = said.error().where == "format";
        return respond(refused(format ? coap::kUnsupportedFormat : coap::kBadRequest, said.error(), caller));
    }
    if (!is_spoken(said->version)) {
        constexpr std::uint8_t kPreconditionFailed = coap::code(4, 12);
        return respond(refused(kPreconditionFailed,
                               base::invalid("LwM2M " + said->version + " is not spoken here"), caller));
    }
    auto entry = caller.entry;
    if (!entry && caller.peer.identity.empty()) {
        entry = services.keys.of_endpoint(settings.tenant, said->endpoint);
        if (entry && entry->proof != fleet::SharedKeys::Proof::none) entry.reset();
    }
    if (!entry)
        return respond(
            refused(coap::kForbidden, base::denied("nobody named this endpoint with that proof"), caller));
    if (!said->endpoint.empty() && said->endpoint != entry->endpoint)
        return respond(refused(coap::kForbidden, base::denied("this key is another endpoint's"), caller));
    admit(caller.peer, *entry, *std::move(said), std::move(respond));
}

void Lwm2mProtocol::State::admit(const CoapPeer& peer, const fleet::SharedKeys::Entry& entry,
                                 Registering said, Respond respond) {
    const auto known = services.guests.find(settings.tenant, entry.endpoint, entry.mark);
    if (known.ok()) return respond(entered(peer, *known, entry, std::move(said)));
    fleet::GuestRequest guest;
    guest.mark = entry.mark;
    guest.serial = entry.endpoint;
    guest.protocol = "lwm2m";
    guest.let_in = entry.group;
    services.guests.admit(
        settings.tenant, std::move(guest),
        [this, peer, entry, said = std::move(said),
         respond = std::move(respond)](base::Result<fleet::DeviceActor> in) {
            services.thread.post([this, peer, entry, said, respond, in = std::move(in)] {
                if (in.ok()) return respond(entered(peer, *in, entry, said));
                const bool later = in.error().kind == base::ErrorKind::unavailable;
                respond(refused(later ? coap::kUnavailable : coap::kForbidden, in.error(), {peer, entry}));
            });
        });
}

CoapMessage Lwm2mProtocol::State::entered(const CoapPeer& peer, const fleet::DeviceActor& device,
                                          const fleet::SharedKeys::Entry& entry, Registering said) {
    const std::uint64_t location = location_of(device.device);
    if (registrations.size() >= settings.most && !registrations.contains(location))
        return refused(coap::kUnavailable, base::unavailable("very many devices are registered"),
                       {peer, entry});
    auto& held = registrations[location];
    if (!held) held = std::make_unique<Registration>();
    Registration& registration = *held;
    registration.device = device;
    registration.endpoint = entry.endpoint;
    registration.proven = entry.proof == fleet::SharedKeys::Proof::key;
    registration.lifetime = said.lifetime.value_or(kLifetime);
    registration.minor = said.version == "1.0" ? 0 : 1;
    registration.queue = said.queue;
    registration.format = best_format(*said.objects);
    take_objects(registration, *said.objects);
    registration.epoch = ++epochs;
    registration.busy = false;
    registration.facts_due = true;
    if (registration.work) {
        registration.work->shown.reset();
        registration.work->push.reset();
        registration.work->came_back = true;
    }
    move_to(registration, peer);
    heard_from(registration);
    CoapMessage message = answer(coap::kCreated);
    message.add(Option::location_path, std::string("rd")).add(Option::location_path, text_of(location));
    return message;
}

Registration* Lwm2mProtocol::State::named(const Caller& caller, std::string_view location) {
    const auto number = location_in(location);
    Registration* held = number ? at(*number) : nullptr;
    if (held == nullptr) return nullptr;
    const bool is_it = caller.entry ? caller.entry->mark == held->device.certificate_serial
                                    : caller.peer.identity.empty() && !held->proven;
    if (!is_it ||
        !services.guests.find(settings.tenant, held->endpoint, held->device.certificate_serial).ok())
        return nullptr;
    return held;
}

CoapMessage Lwm2mProtocol::State::update(const Caller& caller, std::string_view location,
                                         const CoapMessage& request) {
    Registration* held = named(caller, location);
    if (held == nullptr) return answer(coap::kNotFound);
    const auto said = read_update(request);
    if (!said.ok()) return refused(coap::kBadRequest, said.error(), caller);
    if (said->lifetime && held->lifetime != *said->lifetime) {
        held->lifetime = *said->lifetime;
        held->facts_due = true;
    }
    if (said->binding) held->queue = said->queue;
    if (said->objects) take_objects(*held, *said->objects);
    move_to(*held, caller.peer);
    heard_from(*held);
    return answer(coap::kChanged);
}

CoapMessage Lwm2mProtocol::State::deregister(const Caller& caller, std::string_view location) {
    Registration* held = named(caller, location);
    if (held == nullptr) return answer(coap::kNotFound);
    drop(location_of(held->device.device));
    return answer(coap::kDeleted);
}

// 1.1's Send: what it says is news of the device, and that it listens now.
CoapMessage Lwm2mProtocol::State::sent(const Caller& caller, const CoapMessage& request) {
    Registration* held = at_link(caller.peer.link);
    if (held == nullptr) return answer(coap::kNotFound);
    const auto format = request.number(Option::content_format);
    if (format != lwm2m_data::kSenmlJson && format != lwm2m_data::kSenmlCbor)
        return answer(coap::kUnsupportedFormat);
    const auto said = lwm2m_data::decode(static_cast<std::uint16_t>(*format), request.payload, {});
    if (!said.ok()) return refused(coap::kBadRequest, said.error(), caller);
    for (const lwm2m_data::Record& record : *said) {
        if (record.path.object() == 3) held->facts_due = true;
        if (record.path.object() == 5 && held->work) held->work->shown.reset();
    }
    heard_from(*held);
    return answer(coap::kChanged);
}

CoapMessage Lwm2mProtocol::State::file(const Caller& caller, const CoapMessage& request) {
    const auto fetched =
        fetched_at(addresses, settings.tenant, request.path(), services.core, services.updates);
    if (!fetched.ok()) return answer(coap::kNotFound);
    // Over DTLS it is the device itself; without, whoever holds the address.
    if (caller.entry && caller.entry->mark != fetched->device.certificate_serial)
        return answer(coap::kForbidden);
    if (!caller.entry && !caller.peer.identity.empty()) return answer(coap::kForbidden);
    const std::uint64_t length = fetched->wanted.length;
    const std::string tag(base::as_text(base::ByteView(fetched->wanted.release.artifact.bytes).first(8)));
    coap::Block block = request.block(Option::block2).value_or(coap::Block{0, false, kBlock});
    if (request.option(Option::block2) && !request.block(Option::block2)) return answer(coap::kBadOption);
    if (block.offset() >= length) return answer(coap::kBadRequest);
    if (Registration* held = of(fetched->device.device)) {
        held->heard = now();
        if (held->work) held->work->fetched = held->heard;
    }
    for (const std::string_view known : request.all(Option::etag))
        if (known == tag) return std::move(answer(coap::kValid).add(Option::etag, tag));
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(block.size, length - block.offset()));
    const auto path = services.updates.file(fetched->wanted);
    auto piece = path.ok() ? pieces.read(fetched->wanted.release.artifact, *path, block.offset(), size)
                           : base::Result<std::string>(path.error());
    if (!piece.ok()) return refused(coap::kUnavailable, piece.error(), caller);
    block.more = block.offset() + size < length;
    CoapMessage message = answer(coap::kContent);
    message.add(Option::etag, tag).add(Option::content_format, std::uint32_t{lwm2m_data::kOpaque});
    if (block.more || block.number > 0 || request.option(Option::block2)) message.add(Option::block2, block);
    if (block.number == 0 && length <= 0xffffffffU)
        message.add(Option::size2, static_cast<std::uint32_t>(length));
    message.payload = *std::move(piece);
    return message;
}

Lwm2mProtocol::Lwm2mProtocol(Services services, Settings settings)
    : state_(std::make_unique<State>(services, std::move(settings))) {}
Lwm2mProtocol::~Lwm2mProtocol() = default;

void Lwm2mProtocol::speak_through(ports::CoapLinks& links) {
    state_->links = &links;
}

std::size_t Lwm2mProtocol::registrations() const {
    return state_->registrations.size();
}

std::optional<ports::CoapKey> Lwm2mProtocol::key_of(std::string_view identity) {
    const auto entry = state_->services.keys.of_identity(state_->settings.tenant, identity);
    if (!entry) return std::nullopt;
    auto key = state_->services.keys.key(state_->settings.tenant, identity);
    if (key.ok()) return ports::CoapKey{*std::move(key), entry->mark};
    if (key.error().kind == base::ErrorKind::corrupt)
        state_->services.log.write(base::LogLevel::error, "lwm2m", key.error().text());
    return std::nullopt;
}

void Lwm2mProtocol::on_request(const CoapPeer& peer, CoapMessage request, Respond respond) {
    State::Caller caller{peer, {}};
    if (!peer.identity.empty()) {
        caller.entry = state_->services.keys.of_identity(state_->settings.tenant, peer.identity);
        // Its key was removed, or is another one, since the link was made.
        if (!caller.entry || caller.entry->mark != peer.mark) return respond(answer(coap::kForbidden));
    }
    state_->dispatch(std::move(caller), std::move(request), std::move(respond));
}

bool Lwm2mProtocol::on_notification(const CoapPeer& peer, std::string_view token, CoapMessage message) {
    Registration* held = state_->at_link(peer.link);
    if (held == nullptr && !peer.identity.empty()) {
        // It came over another link since: its identity says who it is.
        const auto entry = state_->services.keys.of_identity(state_->settings.tenant, peer.identity);
        const auto known =
            entry && entry->mark == peer.mark
                ? state_->services.guests.find(state_->settings.tenant, entry->endpoint, entry->mark)
                : base::Result<fleet::DeviceActor>(base::not_found(""));
        if (known.ok()) held = state_->of(known->device);
    }
    if (held == nullptr || token != state_->observation(*held) || !message.is_success()) return false;
    // Nothing is under way: the device need not go on telling.
    if (!held->work) return false;
    held->work->shown.reset();
    state_->move_to(*held, peer);
    state_->heard_from(*held);
    return true;
}

void Lwm2mProtocol::on_gone(std::uint64_t link) {
    state_->bodies.forget(link);
    if (Registration* held = state_->at_link(link)) held->link = 0;
    state_->locations.erase(link);
}

void Lwm2mProtocol::on_tick() {
    state_->tick();
}

} // namespace oakum::lwm2m
