package dev.temper.app.moderation;

import dev.temper.app.admin.AdminServer;
import dev.temper.app.admin.Answer;
import dev.temper.app.admin.Route;

/** The moderation page on an admin server. */
public final class ModerationPage {

    private ModerationPage() {}

    /** Puts the page's files behind their paths. */
    public static void serve(AdminServer server) {
        Assets assets = new Assets();
        Route toPage = Route.get("/", request -> Answer.redirect(Assets.PATH)).forEveryone();
        server.serve(toPage);
        server.serve(Route.get("/moderation", toPage.endpoint()).forEveryone());
        server.serve(
                Route.get(Assets.PATH, assets::answer).andBelow().forEveryone().unhurried());
    }
}
