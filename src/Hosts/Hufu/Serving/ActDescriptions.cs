using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Hosting;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Hufu.Host.Serving;

/// <summary>
/// The interface description says of every act what its payload is (a summary ends with the payload's name in brackets), and how one shows who one is: signed acts in the body, a session's cookie, an
/// applicant's token.
/// </summary>
internal static partial class ActDescriptions
{
    private static readonly Dictionary<string, Type> Payloads = typeof(ActRequest).Assembly.GetExportedTypes().Where(type => type.Namespace == typeof(ActRequest).Namespace).ToDictionary(type => type.Name);

    // Addresses whose summary does not name the payload.
    private static readonly Dictionary<string, Type> Unnamed = new()
    {
        ["kmc-recoveries-release"] = typeof(CaseRemark), ["kmc-justice-export"] = typeof(CaseRemark), ["kmc-destructions-perform"] = typeof(CaseRemark), ["RaQueue"] = typeof(QueueQuery),
        ["RaRead"] = typeof(ReadingPurpose), ["RaReadEvidence"] = typeof(ReadingPurpose), ["RaEnter"] = typeof(EntryRecord), ["RaDecide"] = typeof(VettingDecision),
        ["RaException"] = typeof(ExceptionDecision), ["RaOfficeOpen"] = typeof(NewOffice), ["RaOfficeStaff"] = typeof(OfficePlacement), ["RaOfficeClose"] = typeof(OfficeClosing),
        ["RaBatchOpen"] = typeof(NewBatch), ["RaCounterApply"] = typeof(CounterApplication), ["RaCodeRenew"] = typeof(CodeRenewal), ["RaHandOver"] = typeof(HandOver),
    };

    public static void Add(OpenApiOptions options)
    {
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info.Description =
                "Whatever changes something in a room's name is a signed act: the body's member act carries the canonical statement (HUFU-ACT 1) and its SM2 signature by the person's own certificate, payload the JSON "
                + "that the statement's digest is about. Where four eyes are asked for, second carries the second person's. Refusals are problem details (RFC 9457).";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            foreach (string room in new[] { Rooms.Ca, Rooms.Ra, Rooms.Kmc })
            {
                document.Components.SecuritySchemes[$"session-{room}"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = SessionDoors.CookieName(room),
                    Description = $"A session of staff, from POST /api/{room}/session: user name, password and certificate. It reads; it changes nothing.",
                };
            }

            document.Components.SecuritySchemes["application-token"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The token that an application's creation answered: opens this application and nothing else.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(static async (operation, context, ct) =>
        {
            string path = "/" + context.Description.RelativePath;
            if (context.Description.ParameterDescriptions.Any(parameter => parameter.Type == typeof(ActRequest))
                && (Payloads.TryGetValue(PayloadName().Match(operation.Summary ?? "").Groups[1].Value, out Type? payload) || Unnamed.TryGetValue(operation.OperationId ?? "", out payload)))
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/json"] = new()
                        {
                            Schema = new OpenApiSchema
                            {
                                Type = JsonSchemaType.Object,
                                Required = new HashSet<string> { "act", "payload" },
                                AdditionalPropertiesAllowed = false,
                                Properties = new Dictionary<string, IOpenApiSchema>
                                {
                                    ["act"] = await context.GetOrCreateSchemaAsync(typeof(SignedAct), null, ct),
                                    ["payload"] = await context.GetOrCreateSchemaAsync(payload, null, ct),
                                    ["second"] = await context.GetOrCreateSchemaAsync(typeof(SignedAct), null, ct),
                                },
                            },
                        },
                    },
                };
            }

            if (context.Document is { } document && context.Description.HttpMethod == "GET" && StaffPath().Match(path) is { Success: true } room)
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference($"session-{room.Groups[1].Value}", document)] = [] }];
            }
        });
    }

    [GeneratedRegex(@"\(([A-Za-z]+)\)$")]
    private static partial Regex PayloadName();

    [GeneratedRegex("^/api/(ca|ra|kmc)/(session|staff|proposals)")]
    private static partial Regex StaffPath();
}
