using System.Text;
using Hufu.Agent.Statements;
using Hufu.Agent.Tokens;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Agent.Web;

/// <summary>The agent's addresses; see README.md.</summary>
internal sealed class AgentApi(TokenHand hand, TimeProvider clock)
{
    private const int MostStatements = 100;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/status", () => Json(new AgentStatus("hufu-agent", typeof(AgentApi).Assembly.GetName().Version!.ToString(3), hand.List().Count, hand.Asks, clock.GetUtcNow())));
        endpoints.MapGet("/v1/tokens", () => Json(hand.List()));
        endpoints.MapPost("/v1/tokens", async (NewToken asked, CancellationToken ct) => Json(await hand.CreateAsync("token-" + SecureRandom.NewId(), Statement.Printable(asked.Label), ct)));
        endpoints.MapPost("/v1/acts", async (SignActs asked, HttpContext context, CancellationToken ct) => Json(await SignActsAsync(asked, OriginGuard.OriginOf(context), ct)));
        endpoints.MapPost("/v1/statements", async (SignTexts asked, HttpContext context, CancellationToken ct) => Json(await SignTextsAsync(asked, OriginGuard.OriginOf(context), ct)));
        endpoints.MapPost("/v1/requests", async (NewRequest asked, CancellationToken ct) => Json(await RequestAsync(asked, ct)));
        endpoints.MapPost("/v1/pairs", async (ImportPair asked, CancellationToken ct) => Json(await ImportAsync(asked, ct)));
    }

    private Task<SignedStatements> SignActsAsync(SignActs asked, string origin, CancellationToken ct) => SignAsync(
        asked.Token, asked.Container, origin, asked.Acts.Contains(null!) ? 0 : asked.Acts.Count,
        certificate =>
        {
            var der = (certificate ?? throw new AgentRefusedException(AgentRefusal.CertificateMissing)).RawData;
            return [.. asked.Acts.Select(act => new TextToSign(Build(act, der), act.Payload))];
        },
        ct);

    private Task<SignedStatements> SignTextsAsync(SignTexts asked, string origin, CancellationToken ct) =>
        SignAsync(asked.Token, asked.Container, origin, asked.Statements.Contains(null!) ? 0 : asked.Statements.Count, _ => asked.Statements, ct);

    private Task<SignedStatements> SignAsync(string token, string container, string origin, int count, Func<Certificate?, IReadOnlyList<TextToSign>> texts, CancellationToken ct)
    {
        if (count is 0 or > MostStatements)
        {
            throw new AgentRefusedException(AgentRefusal.Malformed, $"1 to {MostStatements} statements.");
        }

        Certificate? certificate = null;
        IReadOnlyList<Statement> statements = [];
        return hand.UseAsync(
            token,
            closed =>
            {
                certificate = TokenShelf.SigningCertificate(closed, container);
                var person = certificate is null ? null : ActStatement.Digest(certificate.RawData.Span);
                statements = [.. texts(certificate).Select(text => Statement.Read(text.Text, text.Payload, origin, person, clock.GetUtcNow()))];
                return [$"── {origin} 请求签名 {statements.Count} 项 ──", .. statements.SelectMany(statement => statement.Words)];
            },
            open =>
            {
                var signer = open.GetSigner(container);
                return new SignedStatements([.. statements.Select(statement => new SignedAct(statement.Text, signer.Sign(Encoding.UTF8.GetBytes(statement.Text))))], certificate?.Encode() ?? []);
            },
            ct);
    }

    private string Build(ActToSign act, ReadOnlyMemory<byte> certificate)
    {
        try
        {
            return ActStatement.Create(act.Room, act.Act, act.Object, act.State, Encoding.UTF8.GetBytes(act.Payload), certificate.Span, clock.GetUtcNow()).ToCanonicalText();
        }
        catch (FormatException unfit)
        {
            throw new AgentRefusedException(AgentRefusal.NoStatement, unfit.Message);
        }
    }

    private Task<RequestMade> RequestAsync(NewRequest asked, CancellationToken ct)
    {
        var name = Statement.Printable(asked.CommonName).Trim();
        return name.Length is 0 or > 64
            ? throw new AgentRefusedException(AgentRefusal.Malformed, "commonName has 1 to 64 characters.")
            : hand.UseAsync(
                asked.Token,
                closed => closed.Containers.Contains(asked.Container) == asked.New
                    ? throw new AgentRefusedException(asked.New ? AgentRefusal.KeyExists : AgentRefusal.ContainerUnknown)
                    : asked.New ? [$"在介质中产生签名密钥对并生成证书请求：{name}", "Make a signing pair in the token and a certification request."] : [$"用已有密钥生成证书请求（续期）：{name}", "A certification request with the pair that is there."],
                open =>
                {
                    if (asked.New)
                    {
                        open.MakeSigningPair(asked.Container);
                    }

                    var request = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, name)), open.GetSigner(asked.Container));
                    return new RequestMade(request.Encode(), request.ToPem());
                },
                ct);
    }

    private Task<TokenInfo> ImportAsync(ImportPair asked, CancellationToken ct)
    {
        var signing = asked.SigningCertificate is { } own ? Decode(own) : null;
        var encryption = asked.EncryptionCertificate is { } der ? Decode(der) : null;
        if ((signing ?? encryption) is not { } named)
        {
            throw new AgentRefusedException(AgentRefusal.Malformed, "A certificate is needed.");
        }

        return hand.UseAsync(
            asked.Token,
            closed => closed.Containers.Contains(asked.Container)
                ? [$"导入证书：{Statement.Printable(named.Subject.ToString())}，序列号 {named.SerialHex}{(encryption is null ? "" : "，连同加密密钥对")}", "Import the certificates and the encryption pair."]
                : throw new AgentRefusedException(AgentRefusal.ContainerUnknown),
            open =>
            {
                if (asked.EnvelopedKey is { } key)
                {
                    open.ImportEncryptionPair(asked.Container, Sm2EnvelopedKey.Decode(key));
                }

                if (signing is not null)
                {
                    open.ImportCertificate(asked.Container, KeyUse.Signing, signing);
                }

                if (encryption is not null)
                {
                    open.ImportCertificate(asked.Container, KeyUse.Encryption, encryption);
                }

                return TokenShelf.Describe(asked.Token, open is SoftToken ? "soft" : "skf", open, open: true);
            },
            ct);
    }

    private static Certificate Decode(byte[] der)
    {
        try
        {
            return Certificate.Decode(der);
        }
        catch (PkiException fault)
        {
            throw new AgentRefusedException(AgentRefusal.Malformed, fault.Message);
        }
    }

    private static IResult Json<T>(T value) => Results.Json(value, ContractJson.Options);
}
