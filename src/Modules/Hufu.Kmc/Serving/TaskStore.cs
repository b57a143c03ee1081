using System.Globalization;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki.Gmt0014;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

/// <summary>The answers that CAs' tasks got. A task that was carried out gets the same bytes again, however often it is asked (R03).</summary>
internal static class TaskStore
{
    /// <summary>What a task asks for, whatever time and signature it is sent with: SM3 (hex) over the requests' fields.</summary>
    public static string Digest(CaRequest request)
    {
        var text = new StringBuilder("hufu kmc task 1\n");
        foreach (var one in request.Requests)
        {
            text.Append(one.GetType().Name).Append('\n').Append(one.UserCertificateNumber).Append('\n');
            switch (one)
            {
                case ApplyKeyRequest { User: var user }:
                    text.Append(Convert.ToHexStringLower(user.UserPublicKey.RawData.Span)).Append('\n')
                        .Append(user.NotBefore.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)).Append('\n')
                        .Append(user.NotAfter.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)).Append('\n');
                    foreach (var part in new[] { user.UserName, user.DistrictCode, user.ExtendInfo })
                    {
                        text.Append(part is null ? "-" : Convert.ToHexStringLower(Encoding.UTF8.GetBytes(part))).Append('\n');
                    }

                    break;
                case RestoreKeyRequest restore:
                    text.Append(Convert.ToHexStringLower(restore.UserPublicKey.RawData.Span)).Append('\n');
                    break;
                default:
                    break;
            }
        }

        return Convert.ToHexStringLower(Sm3.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The answer that a task got; null when it got none.</summary>
    /// <exception cref="RefusedException">StatementReplayed: the task number was used for something else.</exception>
    public static byte[]? Find(Session session, string ca, string taskNo, string digest)
    {
        var row = session.QueryFirst<TaskRow>("SELECT request_digest, respond FROM kmc_task WHERE ca = @ca AND task_no = @taskNo", new { ca, taskNo });
        return row is null || row.RequestDigest == digest
            ? row?.Respond
            : throw new RefusedException(RefusalCode.StatementReplayed, $"Task {taskNo} asked for something else before.", "taskNO");
    }

    /// <summary>Keeps an answer.</summary>
    public static void Add(Session session, string ca, string taskNo, string digest, byte[] respond, long now) => session.Execute(
        "INSERT INTO kmc_task (ca, task_no, request_digest, respond, answered_at) VALUES (@ca, @taskNo, @digest, @respond, @now)", new { ca, taskNo, digest, respond, now });

    private sealed record TaskRow(string RequestDigest, byte[] Respond);
}
