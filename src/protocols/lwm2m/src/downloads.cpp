// SPDX-License-Identifier: Apache-2.0
#include <lwm2m/downloads.hpp>

#include <exchange/files.hpp>

#include <array>

namespace oakum::lwm2m {
namespace {

using ports::HttpResponse;

std::uint64_t random_key(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t key = 0;
    for (const std::uint8_t byte : bytes)
        key = key << 8U | byte;
    return key;
}

HttpResponse answer(int status) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

bool may_fetch(const ports::DeploymentRow& row) {
    return !install::is_terminal(row.state) && row.state != install::State::cancelling;
}

} // namespace

base::Result<Fetched> fetched_at(const Addresses& addresses, device::TenantId tenant, std::string_view path,
                                 fleet::Core& core, exchange::Updates& updates) {
    const auto id = Addresses::device_in(path);
    const auto row = id ? core.fleet.device({tenant, *id}) : std::nullopt;
    if (!row || row->revoked) return base::not_found("there is nothing to fetch at this address");
    fleet::DeviceActor device{tenant, *id, row->certificate_serial};
    auto wanted = updates.current(device, false);
    if (!wanted || !addresses.is_of(path, device, wanted->deployment) || !may_fetch(wanted->deployment))
        return base::not_found("there is nothing to fetch at this address");
    return Fetched{std::move(device), *std::move(wanted)};
}

Downloads::Downloads(fleet::Core& core, exchange::Updates& updates, Addresses addresses,
                     device::TenantId tenant, exchange::RateLimit::Rate rate, ports::Random& random)
    : core_(core), updates_(updates), addresses_(std::move(addresses)), tenant_(tenant),
      rate_(rate, 1 << 12, random_key(random), random_key(random)) {}

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, HttpResponse>
Downloads::on_head(const ports::HttpRequest& head) {
    if (rate_.take(base::siphash24(1, 2, base::as_bytes(head.peer.address)), 0, core_.clock.steady())) {
        HttpResponse busy = answer(429);
        busy.headers.emplace_back("Retry-After", "10");
        return busy;
    }
    if (head.method != ports::Method::get && head.method != ports::Method::head) {
        HttpResponse refused = answer(405);
        refused.headers.emplace_back("Allow", "GET, HEAD");
        return refused;
    }
    return ports::BufferBody{.limit = 0};
}

void Downloads::handle(ports::HttpRequest request, std::function<void(HttpResponse)> respond) {
    const std::string_view path = std::string_view(request.path).substr(kPrefix.size());
    const auto fetched = fetched_at(addresses_, tenant_, path, core_, updates_);
    auto file =
        fetched.ok() ? updates_.file(fetched->wanted) : base::Result<std::filesystem::path>(fetched.error());
    if (!file.ok()) return respond(answer(404));
    respond(exchange::answer_file(request, {.path = *std::move(file),
                                            .length = fetched->wanted.length,
                                            .tag = "\"" + fetched->wanted.release.artifact.hex() + "\"",
                                            .name = {}}));
}

} // namespace oakum::lwm2m
