// SPDX-License-Identifier: Apache-2.0
#include "event_stream.hpp"

#include <json/parse.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::api {
namespace {

constexpr std::size_t kPiece = 64;          // changes asked for at one time
constexpr std::size_t kMaxText = 64 * 1024; // one answer to the connection
constexpr base::Duration kHeartbeat = std::chrono::seconds(15);

// A place among the open streams, given back when the stream goes.
class Seat {
  public:
    Seat(std::shared_ptr<Context::Streams> streams, access::UserId user)
        : streams_(std::move(streams)), user_(user) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat() {
        base::Lock lock(streams_->mutex);
        --streams_->total;
        if (--streams_->open[user_] == 0) streams_->open.erase(user_);
    }

  private:
    std::shared_ptr<Context::Streams> streams_;
    access::UserId user_;
};

base::Result<std::unique_ptr<Seat>> take_seat(Context& context, access::UserId user) {
    base::Lock lock(context.streams->mutex);
    if (context.streams->total >= context.settings.streams ||
        context.streams->open[user] >= context.settings.streams_per_user) {
        if (context.streams->open[user] == 0) context.streams->open.erase(user);
        return base::unavailable("too many event streams are open").at("retry-after 30");
    }
    ++context.streams->total;
    ++context.streams->open[user];
    return std::make_unique<Seat>(context.streams, user);
}

// Kept by the connection; the heartbeat holds it weakly, so that it goes when the connection does. next() is
// called by one thread at a time, wakes come from the writer's and the timer's.
class ChangeStream final : public ports::EventStream, public std::enable_shared_from_this<ChangeStream> {
  public:
    // `lost`: the caller was at a place that we do not know.
    ChangeStream(Context& context, governance::Principal principal, std::vector<std::string> kinds,
                 std::uint64_t after, bool lost, std::unique_ptr<Seat> seat)
        : sessions_(context.services.sessions), devices_(context.services.devices),
          changes_(context.services.changes), timers_(context.services.timers),
          principal_(std::move(principal)), kinds_(std::move(kinds)), after_(after), lost_(lost),
          seat_(std::move(seat)) {}

    std::optional<std::string> next() override {
        if (!sessions_.alive(principal_)) return std::nullopt;
        std::string text;
        while (text.size() < kMaxText) {
            const auto changes = changes_.read(device::TenantId(principal_.actor.tenant), after_, kPiece);
            if (!changes || lost_) {
                // What came in between is no longer held: the screen loads anew and goes on from here.
                lost_ = false;
                after_ = changes_.newest();
                text += "id: " + std::to_string(after_) + "\nevent: resync\ndata: {}\n\n";
                break;
            }
            if (changes->empty()) break;
            for (const ports::ChangeRow& change : *changes) {
                after_ = change.number;
                if (wanted(change)) text += event_text(change);
            }
        }
        if (text.empty() && beat_due()) text = ": still here\n\n";
        return text;
    }

    void on_wake(std::function<void()> wake) override {
        {
            base::Lock lock(mutex_);
            wake_ = std::move(wake);
        }
        subscription_ = changes_.subscribe([weak = weak_from_this()] {
            if (const auto stream = weak.lock()) stream->wake();
        });
        beat_later();
    }

  private:
    void wake() {
        std::function<void()> call;
        {
            base::Lock lock(mutex_);
            call = wake_;
        }
        if (call) call();
    }
    void beat_later() {
        timers_.post_after(kHeartbeat, [weak = weak_from_this()] {
            const auto stream = weak.lock();
            if (!stream) return;
            {
                base::Lock lock(stream->mutex_);
                stream->beat_ = true;
            }
            stream->wake();
            stream->beat_later();
        });
    }
    bool beat_due() {
        base::Lock lock(mutex_);
        return std::exchange(beat_, false);
    }
    bool wanted(const ports::ChangeRow& change) const {
        if (!kinds_.empty() && std::ranges::find(kinds_, change.kind) == kinds_.end()) return false;
        const access::Actor& actor = principal_.actor;
        const bool of_people = change.kind == "user" || change.kind == "session" || change.kind == "token" ||
                               change.kind == "break-glass";
        if (of_people && !access::may(actor, access::Action::user_read).allowed) return false;
        if (actor.whole_tenant()) return true;
        // What a scoped reader may hear of: devices in the scope, and what is everyone's. Default: nothing.
        if (change.kind == "device") {
            const auto id = device::DeviceId::parse(change.subject);
            return id.ok() && devices_.sees(actor, *id);
        }
        return change.kind == "rollout" || change.kind == "release" || change.kind == "feed" ||
               change.kind == "source" || change.kind == "figures";
    }

    governance::Sessions& sessions_;
    DevicesService& devices_;
    shard::ChangeFeed& changes_;
    ports::Executor& timers_;
    const governance::Principal principal_;
    const std::vector<std::string> kinds_;
    std::uint64_t after_;
    bool lost_;
    std::unique_ptr<Seat> seat_;
    shard::ChangeFeed::Subscription subscription_;
    base::Mutex mutex_;
    std::function<void()> wake_ GUARDED_BY(mutex_);
    bool beat_ GUARDED_BY(mutex_) = false;
};

std::string one_line(std::string_view text) {
    std::string result;
    for (const char c : text.substr(0, 64))
        if ((c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == ' ' || (c >= '0' && c <= '9'))
            result.push_back(c);
    return result;
}

} // namespace

std::string event_text(const ports::ChangeRow& change) {
    std::string data;
    Out o(data);
    object(o, [&] {
        o("number", change.number)("at", change.at)("kind", change.kind)("subject", change.subject);
        const auto summary = json::parse(change.summary);
        o.w.key("summary").raw(summary.ok() && summary->is_object() ? change.summary : "{}");
    });
    // JSON has no raw line breaks unless the summary was written with them.
    std::erase_if(data, [](char c) { return c == '\n' || c == '\r'; });
    return "id: " + std::to_string(change.number) + "\nevent: " + one_line(change.kind) + "\ndata: " + data +
           "\n\n";
}

base::Result<std::shared_ptr<ports::EventStream>> open_event_stream(Context& context, const Call& call) {
    TRY_VALUE(const std::string text, text_parameter(call, "kinds", 256));
    std::vector<std::string> kinds;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        kinds.emplace_back(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    std::uint64_t after = context.services.changes.newest();
    bool lost = false;
    if (const std::string_view last = call.request.header("last-event-id"); !last.empty()) {
        std::uint64_t wanted = 0;
        const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), wanted);
        if (error != std::errc() || end != last.data() + last.size())
            return base::invalid("it is the number of an event").at("Last-Event-ID");
        // A number that was never given: its changes were of a store that a backup has replaced.
        lost = wanted > after;
        after = std::min(after, wanted);
    }
    TRY_VALUE(auto seat, take_seat(context, call.actor().user));
    return std::shared_ptr<ports::EventStream>(std::make_shared<ChangeStream>(
        context, call.principal, std::move(kinds), after, lost, std::move(seat)));
}

} // namespace oakum::api
