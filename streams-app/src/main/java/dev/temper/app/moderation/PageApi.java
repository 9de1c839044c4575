package dev.temper.app.moderation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.admin.AdminServer;
import dev.temper.app.admin.Answer;
import dev.temper.app.admin.Endpoint;
import dev.temper.app.admin.Reply;
import dev.temper.app.admin.Request;
import dev.temper.app.admin.Route;
import dev.temper.app.moderation.query.Cluster;
import dev.temper.app.moderation.query.PageException;
import dev.temper.app.moderation.query.Questions;
import dev.temper.app.moderation.store.Position;
import java.util.Optional;
import java.util.function.Function;

/** The page's API as paths of an admin server; {@code docs/moderation-page.md} lists them. Thread-safe. */
final class PageApi {
    private static final String ROOT = "/api/v1/";
    private static final String FLAGGED = ROOT + "flagged";
    private static final String VERDICT = "/verdict";
    private static final String AUTHORIZATION = "Authorization";

    private final Questions questions;
    private final VerdictDesk desk;
    private final Function<Request, Feed> feeds;

    /** @param feeds a feed for each reader */
    PageApi(Questions questions, VerdictDesk desk, Function<Request, Feed> feeds) {
        this.questions = questions;
        this.desk = desk;
        this.feeds = feeds;
    }

    void serve(AdminServer server) {
        get(server, ROOT + "overview", request -> questions.overview(request.query(), token(request)));
        get(server, FLAGGED, request -> questions.queue(request.query(), token(request)));
        get(server, Cluster.LOCAL + "overview", request -> questions.localOverview(request.query()));
        get(server, Cluster.LOCAL + "flagged", request -> questions.localQueue(request.query()));
        server.serve(Route.get(
                        Cluster.LOCAL + "flagged/",
                        answering(request -> questions.localItem(id(request, Cluster.LOCAL + "flagged/", ""))))
                .andBelow()
                .unhurried());
        server.serve(Route.get(
                        FLAGGED + "/",
                        answering(request -> questions.item(id(request, FLAGGED + "/", ""), token(request))))
                .andBelow()
                .unhurried());
        server.serve(Route.post(FLAGGED + "/", this::judge).andBelow().unhurried());
        server.serve(Route.get(ROOT + "events", request -> new Reply.EventStream(feeds.apply(request))));
    }

    private static void get(AdminServer server, String path, Function<Request, ObjectNode> question) {
        server.serve(Route.get(path, answering(question)).unhurried());
    }

    private static Endpoint answering(Function<Request, ObjectNode> question) {
        return request -> {
            try {
                return Answer.json(200, question.apply(request));
            } catch (PageException e) {
                return Answer.error(e.status(), e.line());
            }
        };
    }

    private Reply judge(Request request) {
        try {
            String id = id(request, FLAGGED + "/", VERDICT);
            VerdictDesk.Said said = VerdictDesk.Said.of(request.body());
            ObjectNode published = desk.publish(questions.item(id, token(request)), said);
            return Answer.json(202, JsonNodeFactory.instance.objectNode().set("verdict", published));
        } catch (PageException e) {
            return Answer.error(e.status(), e.line());
        }
    }

    private static String id(Request request, String before, String behind) {
        String path = request.path();
        String id = path.endsWith(behind) && path.length() > before.length() + behind.length()
                ? path.substring(before.length(), path.length() - behind.length())
                : "";
        if (!Position.isId(id)) {
            throw new PageException(404, "there is " + before + "ID" + behind);
        }
        return id;
    }

    private static String token(Request request) {
        return request.header(AUTHORIZATION);
    }

    /** Where a reader of the feed was. */
    static Optional<FeedPlace> place(Request request) {
        return FeedPlace.parse(request.header("Last-Event-ID"));
    }
}
