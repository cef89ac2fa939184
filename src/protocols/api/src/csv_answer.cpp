// SPDX-License-Identifier: Apache-2.0
#include "csv_answer.hpp"

#include "csv_shape.hpp"
#include "routes.hpp"
#include "views.hpp"

#include <csv/writer.hpp>
#include <json/parse.hpp>

#include <algorithm>

namespace oakum::api {
namespace {

constexpr std::string_view kPageSize = "500";

// How a list goes on after a page.
std::string_view place_parameter(const Route& route) {
    for (const std::string_view name : {"cursor", "after", "before"})
        if (takes(route, name)) return name;
    return {};
}

void set_parameter(ports::HttpRequest& request, std::string_view name, std::string_view value) {
    for (auto& [key, old] : request.query)
        if (key == name) {
            old = value;
            return;
        }
    request.query.emplace_back(name, value);
}

struct Piece {
    std::string rows;
    std::string next; // empty: there is no more
};

base::Result<Piece> piece_of(const CsvShape& shape, const std::string& body) {
    TRY_VALUE(
        const json::Value page,
        json::parse(body,
                    {.max_bytes = 256UL << 20, .max_depth = 64, .max_values = 20'000'000, .floats = true}));
    Piece piece;
    if (const auto rows = page.find(shape.rows))
        for (const json::Value& row : rows->items())
            csv::append_row(piece.rows, csv_fields(shape, row));
    if (const auto next = page.find("next_cursor"); next && !next->is_null())
        piece.next = next->is_string() ? std::string(next->text()) : std::string(next->source());
    return piece;
}

// The sentence of a problem, for the line that ends a table too early.
std::string detail_of(const std::string& body) {
    const auto problem = json::parse(body);
    const auto detail = problem.ok() ? problem->find("detail") : std::nullopt;
    return detail ? std::string(detail->text()) : std::string("the server could not go on");
}

// next() is called by one thread at a time; pages come from any.
class CsvStream final : public ports::EventStream, public std::enable_shared_from_this<CsvStream> {
  public:
    CsvStream(Context& context, const Route& route, const CsvShape& shape, Call call, Piece first)
        : context_(context), route_(route), shape_(shape), call_(std::move(call)),
          ready_(std::move(first.rows)), next_(std::move(first.next)) {}

    std::optional<std::string> next() override {
        {
            base::Lock lock(mutex_);
            if (!ready_.empty()) return std::exchange(ready_, {});
            if (asking_) return std::string();
            if (next_.empty()) return std::nullopt;
            asking_ = true;
            set_parameter(call_.request, place_parameter(route_), next_);
        }
        ask();
        base::Lock lock(mutex_);
        return std::exchange(ready_, {});
    }

    void on_wake(std::function<void()> wake) override {
        base::Lock lock(mutex_);
        wake_ = std::move(wake);
    }

  private:
    void ask() {
        // Nobody's credential stands behind what the server asks of itself.
        if (!call_.principal.token.is_zero() && !context_.services.sessions.alive(call_.principal))
            return took(base::unauthenticated("you are signed in no longer"));
        Call asking = call_;
        asking.reply = call_.reply.to([weak = weak_from_this()](ports::HttpResponse response) {
            const auto stream = weak.lock();
            if (!stream) return;
            const auto* body = std::get_if<std::string>(&response.body);
            if (body == nullptr || response.status != 200)
                return stream->took(base::unavailable(body ? detail_of(*body) : std::string()));
            stream->took(piece_of(stream->shape_, *body));
        });
        route_.handle(context_, std::move(asking));
    }

    void took(base::Result<Piece> piece) {
        std::function<void()> wake;
        {
            base::Lock lock(mutex_);
            asking_ = false;
            if (piece.ok()) {
                ready_ += piece->rows;
                next_ = piece->next;
            } else {
                csv::append_row(ready_, {"The list is not whole: " + piece.error().message});
                next_.clear();
            }
            wake = wake_;
        }
        if (wake) wake();
    }

    Context& context_;
    const Route& route_;
    const CsvShape& shape_;
    Call call_;
    base::Mutex mutex_;
    std::string ready_ GUARDED_BY(mutex_), next_ GUARDED_BY(mutex_);
    bool asking_ GUARDED_BY(mutex_) = false;
    std::function<void()> wake_ GUARDED_BY(mutex_);
};

std::string file_name(std::string_view path) {
    std::string name;
    for (const char c : path.substr(std::min(path.size(), std::string_view("/api/v1/").size())))
        name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '-';
    return name + ".csv";
}

} // namespace

bool wants_csv(const ports::HttpRequest& request) {
    std::string_view rest = request.header("accept");
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        std::string_view one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        one = one.substr(0, one.find(';'));
        while (one.starts_with(' '))
            one.remove_prefix(1);
        while (one.ends_with(' '))
            one.remove_suffix(1);
        if (one == "text/csv") return true;
        if (one == "application/json" || one == "*/*" || one == "application/*") return false;
    }
    return false;
}

void answer_csv(Context& context, const Route& route, Call call) {
    const CsvShape* shape = csv_shape(route.path);
    if (shape == nullptr)
        return call.reply.problem(base::invalid("this is no list: it is to be had as JSON").at("Accept"));
    const std::string_view place = place_parameter(route);
    for (const std::string_view name : {std::string_view("limit"), std::string_view("cursor")})
        if (call.request.parameter(name))
            return call.reply.problem(base::invalid("a list as CSV is whole").at(name));
    if (takes(route, "limit")) set_parameter(call.request, "limit", kPageSize);
    Call asking = call;
    asking.reply = call.reply.to([&context, &route, shape, call, place](ports::HttpResponse response) {
        const auto* body = std::get_if<std::string>(&response.body);
        if (response.status != 200 || body == nullptr) return call.reply.send(std::move(response));
        auto first = piece_of(*shape, *body);
        if (!first.ok()) return call.reply.problem(first.error());
        std::string head;
        csv::append_row(head, csv_titles(*shape));
        first->rows.insert(0, head);
        ports::HttpResponse table;
        table.headers = {
            {"Content-Type", "text/csv; charset=utf-8; header=present"},
            {"Content-Disposition", "attachment; filename=\"" + file_name(call.request.path) + "\""}};
        if (place.empty() || first->next.empty())
            table.body = std::move(first->rows);
        else
            table.body = std::shared_ptr<ports::EventStream>(
                std::make_shared<CsvStream>(context, route, *shape, call, std::move(*first)));
        add_security_headers(table);
        call.reply.send(std::move(table));
    });
    route.handle(context, std::move(asking));
}

} // namespace oakum::api
