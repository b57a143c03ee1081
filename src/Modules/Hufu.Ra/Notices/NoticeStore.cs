using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Notices;

/// <summary>Notices are kept with their delivery state; address and body lie sealed: the one is private (7.2.4-a), the other may carry a code.</summary>
internal static class NoticeStore
{
    public const string Mail = "mail";
    public const string Sms = "sms";

    public static void Add(Session session, IDataCipher cipher, string application, string address, (string Subject, string Body) text, long now, string channel = Mail)
    {
        var id = SecureRandom.NewId();
        session.Execute(
            """
            INSERT INTO ra_notices (id, application, address, subject, body, state, tries, next_at, made_at, channel)
            VALUES (@Id, @Application, @Address, @Subject, @Body, 'waiting', 0, @Now, @Now, @Channel)
            """,
            new { Id = id, Application = application, Address = Seal(cipher, id, "address", address), text.Subject, Body = Seal(cipher, id, "body", text.Body), Now = now, Channel = channel });
    }

    public static string Open(IDataCipher cipher, string id, string part, byte[] content) => Encoding.UTF8.GetString(cipher.Open(content, Encoding.ASCII.GetBytes($"{id}/{part}")));

    private static byte[] Seal(IDataCipher cipher, string id, string part, string content) => cipher.Seal(Encoding.UTF8.GetBytes(content), Encoding.ASCII.GetBytes($"{id}/{part}"));

    public static IReadOnlyList<Notice> Due(Session session, long now) => session.Query<Notice>(
        "SELECT id, application, address, subject, body, tries, channel FROM ra_notices WHERE state = 'waiting' AND next_at <= @Now ORDER BY next_at LIMIT 50", new { Now = now });

    public static void Sent(Session session, string id, long now) =>
        session.Execute("UPDATE ra_notices SET state = 'sent', sent_at = @Now, tries = tries + 1 WHERE id = @Id", new { Id = id, Now = now });

    public static void Failed(Session session, string id, long nextAt, bool givenUp) => session.Execute(
        "UPDATE ra_notices SET state = @State, next_at = @NextAt, tries = tries + 1 WHERE id = @Id", new { Id = id, NextAt = nextAt, State = givenUp ? "failed" : "waiting" });

    internal sealed class Notice
    {
        public string Id { get; set; } = "";

        public string Application { get; set; } = "";

        public byte[] Address { get; set; } = [];

        public string Subject { get; set; } = "";

        public byte[] Body { get; set; } = [];

        public long Tries { get; set; }

        public string Channel { get; set; } = Mail;
    }
}
