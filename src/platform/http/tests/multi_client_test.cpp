// SPDX-License-Identifier: Apache-2.0
#include "tls_fixture.hpp"

#include <http/multi_client.hpp>

#include <future>

using namespace oakum;
using namespace oakum::http;
using namespace oakum::http::test;
using base::ErrorKind;

namespace {

using Answer = base::Result<ports::ClientResponse>;

MultiClientOptions options_for(const TlsServer& tls) {
    MultiClientOptions options;
    options.host = "127.0.0.1";
    options.port = tls.server->port();
    options.trust.ca_pem = tls.authority.certificate_pem();
    return options;
}

std::future<Answer> ask(MultiClient& clients, MultiClient::Member member, ports::ClientRequest request) {
    const auto promise = std::make_shared<std::promise<Answer>>();
    const auto done = [promise](Answer answer) { promise->set_value(std::move(answer)); };
    const base::Status submitted = clients.submit(member, std::move(request), done);
    if (!submitted.ok()) done(submitted.error());
    return promise->get_future();
}

} // namespace

TEST_CASE("two hundred members ask at once, each as itself, each over one connection") {
    TlsServer tls;
    const auto clients = MultiClient::start(options_for(tls)).value();
    std::vector<MultiClient::Member> members;
    for (int i = 0; i < 200; ++i)
        members.push_back(clients->add(device_of(tls.devices, "d" + std::to_string(i))).value());
    for (int round = 0; round < 3; ++round) {
        std::vector<std::future<Answer>> answers;
        for (const auto member : members)
            answers.push_back(ask(*clients, member, request_for("/peer")));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const Answer answer = answers[i].get();
            REQUIRE(answer.ok());
            CHECK(answer->body.starts_with("urn:oakum:default:d" + std::to_string(i) + " "));
        }
    }
    CHECK(tls.server->metrics().connections_accepted == 200);
    CHECK(clients->open_connections() == 200);
}

TEST_CASE("requests of one member are answered in order, and no more wait than may") {
    TlsServer tls;
    MultiClientOptions options = options_for(tls);
    options.queue_limit = 3;
    const auto clients = MultiClient::start(options).value();
    const auto member = clients->add({}).value();
    std::vector<std::future<Answer>> answers;
    answers.push_back(ask(*clients, member, request_for("/keep")));
    ports::ClientRequest echo = request_for("/echo");
    echo.method = ports::Method::post;
    for (const char* body : {"1", "2", "3"}) {
        echo.body = body;
        answers.push_back(ask(*clients, member, echo));
    }
    REQUIRE(eventually([&] { return tls.handler.kept_count() == 1; }));
    CHECK(answers[3].get().error().kind == ErrorKind::unavailable);
    tls.handler.answer_kept("0");
    for (int i = 0; i < 3; ++i)
        CHECK(answers[static_cast<std::size_t>(i)].get()->body == std::to_string(i));
    CHECK(clients->submit(7, request_for("/hello"), [](Answer) {}).error().kind == ErrorKind::not_found);
    CHECK(clients->submit(member, request_for("no slash"), [](Answer) {}).error().kind == ErrorKind::invalid);
}

TEST_CASE("a member that disconnects resumes its session, and a changed identity is another one") {
    TlsServer tls;
    const auto clients = MultiClient::start(options_for(tls)).value();
    const auto member = clients->add(device_of(tls.devices, "a")).value();
    CHECK(ask(*clients, member, request_for("/hello")).get().ok());
    clients->disconnect(member);
    REQUIRE(eventually([&] { return clients->open_connections() == 0; }));
    CHECK(ask(*clients, member, request_for("/hello")).get().ok());
    CHECK(tls.server->metrics().handshakes_resumed == 1);
    REQUIRE(clients->change_identity(member, device_of(tls.devices, "b")).ok());
    CHECK(ask(*clients, member, request_for("/peer")).get()->body.starts_with("urn:oakum:default:b "));
    CHECK(tls.server->metrics().handshakes_full == 2);
}

TEST_CASE("connections that are idle for long end, and the next request makes a new one") {
    TlsServer tls;
    MultiClientOptions options = options_for(tls);
    options.keep_alive = milliseconds(50);
    const auto clients = MultiClient::start(options).value();
    const auto member = clients->add({}).value();
    CHECK(ask(*clients, member, request_for("/hello")).get().ok());
    CHECK(eventually([&] { return clients->open_connections() == 0; }));
    CHECK(ask(*clients, member, request_for("/hello")).get().ok());
}

TEST_CASE("failures come back: a timeout, a foreign server, nobody there, the end of all") {
    TlsServer tls;
    auto clients = MultiClient::start(options_for(tls)).value();
    const auto member = clients->add({}).value();
    ports::ClientRequest request = request_for("/keep");
    request.timeout = milliseconds(100);
    CHECK(ask(*clients, member, request).get().error().message == "timed out");
    CHECK(ask(*clients, member, request_for("/hello")).get()->body == "hello");

    MultiClientOptions foreign = options_for(tls);
    foreign.trust.ca_pem = make_authority("Oakum").certificate_pem();
    const auto fooled = MultiClient::start(foreign).value();
    CHECK(ask(*fooled, fooled->add({}).value(), request_for("/hello")).get().error().kind ==
          ErrorKind::denied);
    MultiClientOptions nobody = options_for(tls);
    nobody.port = 1;
    const auto alone = MultiClient::start(nobody).value();
    CHECK(ask(*alone, alone->add({}).value(), request_for("/hello")).get().error().kind ==
          ErrorKind::unavailable);

    auto left = ask(*clients, member, request_for("/keep"));
    auto queued = ask(*clients, member, request_for("/hello"));
    clients.reset();
    CHECK(left.get().error().kind == ErrorKind::unavailable);
    CHECK(queued.get().error().kind == ErrorKind::unavailable);
}

TEST_CASE("a body can be handed on in pieces") {
    TlsServer tls;
    tls.handler.routes["/big"] = [](ports::HttpRequest, Handler::Respond respond) {
        respond(text(std::string(1 << 20, 'x')));
    };
    const auto clients = MultiClient::start(options_for(tls)).value();
    const auto member = clients->add({}).value();
    std::promise<Answer> answered;
    std::size_t bytes = 0;
    ports::ClientRequest request = request_for("/big");
    request.response_limit = 10;
    REQUIRE(clients
                ->submit(
                    member, request, [&](Answer answer) { answered.set_value(std::move(answer)); },
                    [&](base::ByteView piece) -> base::Status {
                        bytes += piece.size();
                        return {};
                    })
                .ok());
    CHECK(answered.get_future().get()->status == 200);
    CHECK(bytes == 1 << 20);
}
